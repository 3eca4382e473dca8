"""What a real browser records of a served reference server is judged as a check judges it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from run_contracts.recordings.judging.standings import Standing
from run_contracts.testing import RunServer
from tests.browsers import a_browser
from tests.recordings.verdicts_of import verdicts_of

pytestmark = pytest.mark.slow
SESSION = """async ([base, key]) => {
  const ask = async (method, path, body) => {
    const headers = {
      Authorization: `Bearer ${key}`, "OpenAI-Beta": "assistants=v2",
      ...(body && {"Content-Type": "application/json"}),
    };
    const sent = body && JSON.stringify(body);
    const answer = await fetch(base + path, {method, headers, body: sent});
    const text = await answer.text();
    try { return JSON.parse(text); } catch { return text; }
  };
  const assistant = await ask("POST", "/assistants", {model: "gpt-4o"});
  const thread = await ask("POST", "/threads", {messages: [{role: "user", content: "Hello."}]});
  const runs = `/threads/${thread.id}/runs`;
  const started = {assistant_id: assistant.id, metadata: {team: "blue"}};
  let run = await ask("POST", runs, started);
  for (let left = 200; left && !["completed", "failed"].includes(run.status); left -= 1)
    run = await ask("GET", `${runs}/${run.id}`);
  await ask("GET", `${runs}/${run.id}/steps`);
  await ask("GET", `${runs}/run_nope`);
  await ask("POST", runs, {...started, stream: true});
  await ask("GET", `${runs}?limit=2`);
  return run.status;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser of this machine; without one nothing is tried."""
    with a_browser("no traffic is recorded by one") as browser:
        yield browser


def _record(browser: Browser, server: RunServer, file: Path, content: Any) -> None:
    """Speak with a server from a page of its own host, and keep all that was said."""
    context = browser.new_context(record_har_path=file, record_har_content=content)
    try:
        page = context.new_page()
        page.goto(f"{server.url}/threads")
        assert page.evaluate(SESSION, [server.url, server.api_key]) == "completed"
    finally:
        context.close()


@pytest.mark.parametrize("content", ["embed", "attach", "omit"])
def test_what_a_browser_keeps_of_a_right_server_breaks_nothing(
    browser: Browser, run_server: RunServer, tmp_path: Path, content: str
) -> None:
    """With bodies in the archive, beside it or left out: where there are any they hold."""
    file = tmp_path / "session.har"
    _record(browser, run_server, file, content)
    found = verdicts_of(file)
    assert found.broken == set(), found.said
    if content == "omit":
        assert found.answers[Standing.HOLDS] == 0
    else:
        assert found.answers[Standing.HOLDS] > 8


@pytest.mark.parametrize("fault", ["RUN-USAGE-001", "RUN-LIST-010", "RUN-SHAPE-015"])
def test_what_a_browser_keeps_of_a_wrong_server_breaks_its_rule(
    browser: Browser, run_server: RunServer, tmp_path: Path, fault: str
) -> None:
    """What the server does wrong is seen in the archive of the browser."""
    file = tmp_path / "session.har"
    _record(browser, run_server(faults=[fault]), file, "embed")
    assert fault in verdicts_of(file).broken
