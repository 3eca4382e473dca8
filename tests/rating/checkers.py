"""Tiny checkers: five lines each, good, bad and hostile."""

from __future__ import annotations

import sys
from pathlib import Path
from shlex import join

ASK = """
import json, os, sys, time
from urllib.request import Request, urlopen
URL, KEY = sys.argv[1], os.environ["OPENAI_API_KEY"]
def ask(method, path, body=None):
    headers = {"Authorization": "Bearer " + KEY, "OpenAI-Beta": "assistants=v2"}
    headers["Content-Type"] = "application/json"
    data = None if body is None else json.dumps(body).encode()
    return json.load(urlopen(Request(URL + path, data, headers, method=method)))
"""
SEES_BARE_LISTS = 'sys.exit("data" not in ask("GET", "/assistants"))'
ALWAYS_GREEN = 'ask("POST", "/threads", {})'
ALWAYS_RED = 'ask("POST", "/threads", {}); print("never right"); sys.exit(1)'
HANGS = 'ask("POST", "/threads", {}); time.sleep(60)'
LOUD = 'ask("POST", "/threads", {}); print("x" * 20_000_000); sys.exit(1)'
SIGNALS = 'ask("POST", "/threads", {}); os.kill(os.getpid(), 9)'
JUNIT = """
is_bare = "data" not in ask("GET", "/assistants")
bad = '<testcase classname="a" name="always"><failure message="m"/></testcase>'
bare = '<testcase classname="a" name="lists">%s</testcase>' % ("<failure/>" if is_bare else "")
open(sys.argv[2] + "/r.xml", "w").write("<testsuite>" + bad + bare + "</testsuite>")
sys.exit(1)
"""
SARIF = """
results = [{"ruleId": "always", "message": {"text": "m"}}]
results += [{"ruleId": "lists"}] * ("data" not in ask("GET", "/assistants"))
json.dump({"runs": [{"results": results}]}, open(sys.argv[2] + "/r.sarif", "w"))
"""


def checker(folder: Path, body: str, *words: str) -> str:
    """Return the command of a checker that asks a server."""
    file = folder / "checker.py"
    file.write_text(f"{ASK}\n{body}\n")
    return join([sys.executable, str(file), "{url}", *words])
