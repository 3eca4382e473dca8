"""A recording is played as a server: the same answers, with ids of their own, to who asks alike."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from run_contracts.checks import outcomes
from run_contracts.contract.loading import load
from run_contracts.testing import PlayedServer
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange, Request, Response
from tests.recordings.playing.conversation import Talk, archive, exchanges_of_talk

Player = Callable[..., PlayedServer]


@pytest.fixture(scope="module")
def recorded() -> tuple[list[Exchange], Talk]:
    """Return the exchanges of a conversation, and what the client saw."""
    return exchanges_of_talk()


@pytest.fixture(scope="module")
def session(recorded: tuple[list[Exchange], Talk], tmp_path_factory: Any) -> Path:
    """Return a recording of the conversation."""
    return archive(recorded[0], tmp_path_factory.mktemp("played") / "session.har")


@pytest.fixture
def played(play_recording: Player, session: Path) -> Iterator[httpx2.Client]:
    """Return a client, without an SDK, of the conversation as it is played."""
    server = play_recording(session)
    with httpx2.Client(base_url=server.url, trust_env=False) as client:
        yield client


def test_the_sdk_sees_what_was_recorded(
    play_recording: Player, session: Path, recorded: tuple[list[Exchange], Talk]
) -> None:
    """Statuses, texts, events and refusals are the same, and every id is another."""
    before, now = recorded[1], Talk(play_recording(session).url).all()
    assert now.seen == before.seen
    assert not set(now.ids) & set(before.ids)
    assert list(map(_form, now.ids)) == list(map(_form, before.ids))


def _form(id_: str) -> tuple[str, int]:
    return id_.partition("_")[0], len(id_)


def test_it_can_be_played_again_from_the_beginning(play_recording: Player, session: Path) -> None:
    """With the same key or another, with other ids each time; the seed decides which."""
    server = play_recording(session)
    talks = [Talk(server.url, key).all() for key in ("sk-a", "sk-a", "sk-b")]
    assert talks[0].seen == talks[1].seen == talks[2].seen
    assert not set(talks[0].ids) & set(talks[1].ids)
    assert not set(talks[1].ids) & set(talks[2].ids)
    assert Talk(play_recording(session).url).all().ids == talks[0].ids
    assert Talk(play_recording(session, seed=1).url).all().ids != talks[0].ids


def test_two_clients_play_side_by_side(play_recording: Player, session: Path) -> None:
    """Each key that begins as the recording does has a play of its own."""
    server = play_recording(session)
    with httpx2.Client(base_url=server.url, trust_env=False) as client:
        ids = {
            client.post("/assistants", json=ASSISTANT, headers={"api-key": key}).json()["id"]
            for key in ("one", "two")
        }
    assert len(ids) == 2


ASSISTANT = {
    "model": "gpt-4o",
    "tools": [{"type": "function", "function": {"name": "weather", "parameters": {}}}],
}


def _broken(exchanges: list[Exchange]) -> set[str]:
    evidence = Evidence(contract=load("v2"), exchanges=tuple(exchanges))
    return {one.requirement for one in outcomes(evidence) if one.violation is not None}


def test_what_is_played_breaks_nothing_that_the_recording_keeps(
    played: httpx2.Client, recorded: tuple[list[Exchange], Talk]
) -> None:
    """Every check says of the played exchanges what it says of the recorded ones."""
    swapped: dict[str, str] = {}
    again = []
    for one in recorded[0]:
        url, body = (_swapped(text, swapped) for text in (one.request.url, one.request.body))
        path = url.partition("/v1")[2]
        sent = {"content-type": "application/json", "openai-beta": "assistants=v2"}
        answer = played.request(one.request.method, path, content=body, headers=sent)
        response = Response(
            status=answer.status_code,
            headers=tuple(answer.headers.multi_items()),
            body=answer.content,
        )
        again.append(
            replace(one, request=replace(one.request, url=url, body=body), response=response)
        )
        _learn(one.response, response, swapped)
    assert len(swapped) > 8
    assert _broken(recorded[0]) == _broken(again) == set()
    assert [one.response.status for one in recorded[0]] == [one.response.status for one in again]


def _swapped(text: Any, by: dict[str, str]) -> Any:
    for known, other in by.items():
        text = (
            text.replace(known, other)
            if isinstance(text, str)
            else text.replace(known.encode(), other.encode())
        )
    return text


def _learn(before: Response, now: Response, swapped: dict[str, str]) -> None:
    """Remember which id stands in place of which."""
    for (_, known), (_, other) in zip(before.payload.values, now.payload.values, strict=True):
        for mine, theirs in zip(_ids(known), _ids(other), strict=True):
            if mine != theirs:
                assert swapped.setdefault(mine, theirs) == theirs


def _ids(value: Any) -> list[str]:
    if isinstance(value, list):
        return [id_ for one in value for id_ in _ids(one)]
    if not isinstance(value, dict):
        return []
    own = [one for name, one in value.items() if name.endswith("id") and isinstance(one, str)]
    return own + [id_ for one in value.values() for id_ in _ids(one)]


def test_headers_are_played_but_those_of_the_connection(
    played: httpx2.Client, recorded: tuple[list[Exchange], Talk]
) -> None:
    """What was recorded is there once, with its letters; nothing of the host's is added."""
    answer = played.post("/assistants", json=ASSISTANT)
    before = recorded[0][0].response
    for name in ("openai-version", "x-request-id", "content-type"):
        assert answer.headers.get_list(name) == [before.header(name)]
    assert not {"date", "server"} & set(answer.headers)


def test_a_stream_comes_frame_by_frame(
    play_recording: Player, tmp_path: Path, recorded: tuple[list[Exchange], Talk]
) -> None:
    """Its frames are spread over the seconds that it took, divided by the speed."""
    stream = next(one for one in recorded[0] if one.response.is_stream)
    file = archive([stream], tmp_path / "stream.har", milliseconds=20_000)
    server = play_recording(file, speed=40)
    path = server.url + stream.request.url.partition("/v1")[2]
    begun = time.monotonic()
    with httpx2.stream(
        "POST", path, content=stream.request.body, trust_env=False, timeout=20
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        arrived = [(time.monotonic() - begun, chunk) for chunk in answer.iter_bytes()]
    body = b"".join(chunk for _, chunk in arrived)
    assert body.count(b"\n\n") == stream.response.body.count(b"\n\n") > 10
    assert len(arrived) > 10
    first, last = arrived[0][0], arrived[-1][0]
    assert first < last - 0.3
    assert 0.45 < last < 10


def test_the_base_path_of_a_client_is_its_own(played: httpx2.Client) -> None:
    """A client of Azure finds what one of OpenAI recorded, and the other way around."""
    root = str(played.base_url).removesuffix("/v1/")
    answer = played.post(f"{root}/openai/assistants?api-version=2024-05-01-preview", json=ASSISTANT)
    assert answer.status_code == 200


def _exchange(
    method: str, path: str, answer: Any, status: int = 200, asked: Any = None, **headers: str
) -> Exchange:
    """Return an exchange, of which the times do not matter."""
    return Exchange(
        number=1,
        edition="v2",
        request=Request(
            method=method,
            url=f"http://host/v1{path}",
            body=b"" if asked is None else json.dumps(asked).encode(),
        ),
        response=Response(
            status=status,
            headers=(("content-type", "application/json"), *headers.items()),
            body=json.dumps(answer).encode(),
        ),
    )


Served = Callable[..., httpx2.Client]


@pytest.fixture
def client_of(play_recording: Player, tmp_path: Path) -> Iterator[Served]:
    """Return what plays exchanges, and a client of it."""
    opened: list[httpx2.Client] = []

    def play(*exchanges: Exchange) -> httpx2.Client:
        server = play_recording(archive(exchanges, tmp_path / f"{len(opened)}.har"))
        opened.append(httpx2.Client(base_url=server.url, trust_env=False))
        return opened[-1]

    yield play
    for one in opened:
        one.close()


RUN = "/threads/thread_abc/runs/run_abc"


def _statuses(client: httpx2.Client, times: int) -> list[str]:
    return [client.get(RUN).json()["status"] for _ in range(times)]


def test_reads_stay_between_the_changes_around_them(client_of: Served) -> None:
    """Who polls longer gets the last answer again; who polls less does not go back in time."""
    run = [_exchange("GET", RUN, {"id": "run_abc", "status": one}) for one in "abcd"]
    change = _exchange("POST", f"{RUN}/cancel", {"id": "run_abc"})
    longer = client_of(run[0], run[1], change, run[2], run[3])
    assert _statuses(longer, 4) == ["a", "b", "b", "b"]
    assert longer.post(f"{RUN}/cancel").status_code == 200
    assert _statuses(longer, 3) == ["c", "d", "d"]
    shorter = client_of(run[0], run[1], change, run[2], run[3])
    assert _statuses(shorter, 1) == ["a"]
    shorter.post(f"{RUN}/cancel")
    assert _statuses(shorter, 1) == ["c"]


def test_errors_and_their_headers_are_played(client_of: Served) -> None:
    """A refusal comes when it was recorded, with what says when to come again."""
    late = {"Retry-After": "7", "Set-Cookie": "secret", "Content-Encoding": "gzip"}
    client = client_of(
        _exchange("POST", "/threads", {"error": {}}, 429, {"a": 1}, **late),
        _exchange("POST", "/threads", {"id": "thread_abc"}, 200, {"a": 1}),
    )
    first, second = (client.post("/threads", json={"a": 1.0}) for _ in range(2))
    assert (first.status_code, first.headers["retry-after"], second.status_code) == (429, "7", 200)
    assert not {"set-cookie", "content-encoding"} & set(first.headers)


def _refused(answer: httpx2.Response, status: int) -> str:
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"], error["param"]) == (
        status,
        "invalid_request_error",
        "not_in_recording",
        None,
    )
    assert answer.headers["x-should-retry"] == "false"
    return str(error["message"])


def test_what_was_not_recorded_is_refused_with_what_was_expected(client_of: Served) -> None:
    """In the ids of the play, with at most five of the fields of the body that differ."""
    asked = {"content": "Hi.", **dict.fromkeys("abcdefg", True)}
    client = client_of(
        _exchange("POST", "/threads", {"id": "thread_abcdef"}, asked={}),
        _exchange("POST", "/threads/thread_abcdef/messages", {"id": "msg_1"}, asked=asked),
    )
    thread = client.post("/threads").json()["id"]
    assert thread != "thread_abcdef"
    place = f"/threads/{thread}/messages"
    ending = f"; expected next: POST {place}."
    refused = _refused(client.get("/nothing%1Bhere"), 404)
    assert refused == f"GET /v1/nothing\\x1bhere is not in the recording{ending}"
    refused = _refused(
        client.post(place, json={"content": "Ho.", **dict.fromkeys("abcdefg", 1)}), 409
    )
    assert 'its body differs at /content (sent "Ho.", recorded "Hi."), /a (sent 1, ' in refused
    assert refused.endswith(f"/d (sent 1, recorded true){ending}")
    refused = _refused(client.post(f"{place}?b=1", json=asked), 409)
    assert f"POST {place} is not in the recording: its query differs, recorded is none" in refused
    assert client.post(place, json=asked).json()["id"] != "msg_1"
    refused = _refused(client.post(place, json=asked), 409)
    assert "again: all that was recorded of it was played; nothing more is expected" in refused


def test_ids_that_a_client_knew_before_stay_its_own(client_of: Served) -> None:
    """What was sent before it was answered is no id that the server made."""
    client = client_of(
        _exchange("GET", "/assistants/asst_abcdef", {"id": "asst_abcdef"}),
        _exchange("POST", "/threads", {"id": "thread_abcdef", "metadata": {"id": "run_own1"}}),
        _exchange("GET", "/threads/thread_lost1", {"error": {"message": "thread_lost1"}}, 404),
    )
    assert client.get("/assistants/asst_abcdef").json() == {"id": "asst_abcdef"}
    assert client.post("/threads").json()["metadata"] == {"id": "run_own1"}
    assert client.get("/threads/thread_lost1").json()["error"]["message"] == "thread_lost1"


def test_ids_that_were_taken_out_are_any(client_of: Served) -> None:
    """What somebody wrote in place of an id, or of a text, says nothing of what was asked."""
    path = "/threads/REDACTED/messages"
    client = client_of(_exchange("POST", path, {"id": "REDACTED"}, asked={"content": "REDACTED"}))
    answer = client.post("/threads/thread_mine/messages", json={"content": "Hello."})
    assert answer.json() == {"id": "REDACTED"}


def test_a_redirect_leads_nowhere_else(client_of: Served) -> None:
    """What was recorded of another host is played on this one."""
    where = {
        "Location": "https://elsewhere.example/v1/threads/t?a=1",
        "Bad Name": "x",
        "X-Bad": "\n",
    }
    client = client_of(_exchange("GET", "/threads/t", {}, 307, **where))
    answer = client.get("/threads/t")
    assert answer.headers["location"] == "/v1/threads/t?a=1"
    assert "x-bad" not in answer.headers


def test_stubs_are_always_answered(play_recording: Player, tmp_path: Path) -> None:
    """A stub has no order, and its parameters are any."""
    mapping = {
        "request": {"method": "GET", "urlPathTemplate": "/v1/threads/{thread_id}"},
        "response": {"status": 200, "jsonBody": {"id": "thread_abcdef"}},
    }
    file = tmp_path / "stubs.json"
    file.write_text(json.dumps({"mappings": [mapping]}), encoding="utf-8")
    url = play_recording(file).url
    for id_ in ("one", "two", "one"):
        answer = httpx2.get(f"{url}/threads/{id_}", trust_env=False)
        assert answer.json() == {"id": "thread_abcdef"}


def test_a_wrong_key_is_refused_as_it_was(client_of: Served) -> None:
    """What another key was answered in the middle of a session is no session of its own."""
    refused = {"error": {"message": "Incorrect API key provided."}}
    client = client_of(
        _exchange("POST", "/threads", {"id": "thread_abcdef"}),
        _exchange("GET", "/threads/thread_other/runs", refused, 401),
    )
    client.post("/threads", headers={"authorization": "Bearer sk-right"})
    answer = client.get("/threads/thread_other/runs", headers={"authorization": "Bearer sk-wrong"})
    assert answer.status_code == 401


def test_a_client_that_stops_half_way_does_not_begin_again(client_of: Served) -> None:
    """A change that was recorded once is made once, until all the others were made."""
    thread = _exchange("POST", "/threads", {"id": "thread_abcdef"})
    client = client_of(thread, _exchange("DELETE", "/threads/thread_abcdef", {}))
    first = client.post("/threads").json()["id"]
    assert client.post("/threads").status_code == 409
    assert client.delete(f"/threads/{first}").status_code == 200
    assert client.post("/threads").json()["id"] != first


def test_a_request_belongs_to_the_play_that_its_ids_are_of(client_of: Served) -> None:
    """Who begins anew can still ask for what came to be before."""
    client = client_of(
        _exchange("POST", "/threads", {"id": "thread_abcdef"}),
        _exchange("GET", "/threads/thread_abcdef", {"id": "thread_abcdef"}),
    )
    ids = [client.post("/threads").json()["id"] for _ in range(3)]
    assert [client.get(f"/threads/{id_}").json()["id"] for id_ in ids] == ids
    assert len(set(ids)) == 3
