"""What the server does before the first visitor comes."""

import asyncio

from streamlit import config

import serve
from ui import garbage, launch, preload, sockets


def test_torch_is_on_its_way_and_answers_hurry_before_the_first_visitor(monkeypatch):
    done = []
    monkeypatch.setattr(preload, "start", lambda: done.append("preload"))
    monkeypatch.setattr(sockets, "hurry", lambda port: done.append(port))
    monkeypatch.setattr(garbage, "begin", lambda: done.append("garbage"))
    port = config.get_option("server.port")

    async def life() -> list:
        async with launch.lifespan(serve.app):
            return list(done)

    assert asyncio.run(life()) == ["preload", port, "garbage"]


def test_the_server_shows_the_overview_first():
    assert serve.app.script_path.name == "app.py"
