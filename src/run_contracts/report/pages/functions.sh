answers=$(mktemp -d) || exit 1
trap 'rm -rf "$answers"' EXIT
nl='
'

send() { # NUMBER METHOD PATH OPTION...: send a request, keep its answer and show it
  number=$1 method=$2 path=$3; shift 3
  printf '# %s\n' "$number $method $path" | LC_ALL=C tr -cd '\012\040-\176'
  touch "$answers/$number"
  with_headers curl -sSNg --path-as-is -o "$answers/$number" -X "$method" "$url$path" "$@"
  answer shown "$number"
}
look_until() { # STATUS NUMBER METHOD PATH OPTION...: send until the run has it, or has ended
  status=$1; shift
  for try in $(seq 40); do
    send "$@"
    answer reached "$1" "$status" $ended && break
    sleep 0.25
  done
}
pick() { # NUMBER PART KEY...: an id out of an answer, as soon as it has come, as in a path
  answer in_path "$@"
}
pick_text() { # NUMBER PART KEY...: the same as in a text of JSON
  answer in_text "$@"
}
answer() { # shown|reached|in_path|in_text NUMBER MORE...: look into an answer, which is only data
  python3 -IS - "$answers" "$@" <<'END'
import json, sys, time
folder, what, number, *more = sys.argv[1:]
def text():
    with open(f"{folder}/{number}", encoding="utf-8", errors="replace") as file:
        return file.read()
def found(part, *keys):
    frames = [line[5:].strip() for line in text().splitlines() if line.startswith("data:")]
    value = json.loads((frames or [text()])[int(part)])
    for key in keys:
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value
if what == "shown":
    for line in text().splitlines():
        print(" ", ascii(line)[1:-1] if not line.isprintable() else line)
    sys.exit()
for _ in range(100):
    try:
        value = found(0, "status") if what == "reached" else found(*more)
    except (ValueError, LookupError, TypeError, RecursionError):
        value = None
    if what == "reached":
        sys.exit(value not in more)
    if isinstance(value, str):
        from urllib.parse import quote
        path = quote(value, safe="", errors="surrogatepass")
        print(path if what == "in_path" else json.dumps(value)[1:-1])
        sys.exit()
    time.sleep(0.1)
sys.exit(f"answer {number} does not have the id this time")
END
}
