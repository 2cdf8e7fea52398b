"""Nginx as it is configured for the shop, in front of stand-ins for the API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.stack.nginx import Nginx, Site, origins_map, render
from scripts.stack.ports import Ports
from scripts.stack.process import StartFailed
from tests.conftest import PrivateServers
from tests.deploy.standins import Reply, Upstream, ask, serving

PAGE = "<!doctype html><title>页</title>"
ORIGIN = {"Origin": "https://shop.example"}


@pytest.fixture
def frontend(tmp_path: Path) -> Path:
    """A few pages, with files that must not be handed out."""
    for folder in ("templates", "static/css", "media/goods"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("templates/index.html", "templates/404.html", "templates/.secret.html"):
        (tmp_path / name).write_text(f"{PAGE}{name}", "utf-8")
    (tmp_path / "static/css/shop.css").write_text("a{}\n" * 600, "utf-8")
    (tmp_path / "static/.env").write_text("x", "utf-8")
    (tmp_path / "static/app.py").write_text("x", "utf-8")
    (tmp_path / "media/goods/7.webp").write_bytes(b"RIFF")
    (tmp_path / "media/goods/7.html").write_text("<script>alert(1)</script>", "utf-8")
    (tmp_path / "media/.hidden.png").write_bytes(b"x")
    return tmp_path


@pytest.fixture
def upstream() -> Upstream:
    """The record of the stand-ins."""
    return Upstream()


@pytest.fixture
def nginx(private: PrivateServers, upstream: Upstream, frontend: Path) -> Iterator[Nginx]:
    """Nginx in front of two stand-ins."""
    with serving(upstream) as ports:
        site = Site(
            port=Ports().of("nginx"),
            upstreams=ports,
            media=frontend / "media",
            frontend=frontend,
            workers="1",
        )
        yield private.started(Nginx(private.folder, site))


def assert_envelope(reply: Reply, status: int) -> None:
    """Assert that a refusal has the shape of the API's, readable from any origin."""
    assert reply.status == status
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Vary"] == "Origin"
    envelope = json.loads(reply.body)
    assert envelope["code"] == status
    assert envelope["error"] == envelope["errmsg"] != ""


class TestFaults:
    """What Nginx refuses by itself."""

    def test_a_large_body(self, nginx: Nginx, upstream: Upstream) -> None:
        assert ask(nginx, "/v1/carts/u", method="POST", body=b"x" * 65536).status == 200
        upstream.seen.clear()
        reply = ask(nginx, "/v1/carts/u", method="POST", body=b"x" * 65537, headers=ORIGIN)
        assert_envelope(reply, 413)
        assert not upstream.seen

    def test_a_long_address(self, nginx: Nginx) -> None:
        assert_envelope(ask(nginx, "/v1/goods/index?" + "q" * 20000), 414)

    def test_large_headers(self, nginx: Nginx) -> None:
        assert ask(nginx, "/v1/goods/index", headers={"X-Long": "h" * 12000}).status == 200
        assert_envelope(ask(nginx, "/v1/goods/index", headers={"X-Long": "h" * 17000}), 431)

    def test_a_broken_request(self, nginx: Nginx) -> None:
        assert_envelope(ask(nginx, "/v1/goods/index", headers={"Host": "a b"}), 400)

    def test_no_process_is_there(self, nginx: Nginx, upstream: Upstream) -> None:
        upstream.drops = 2
        reply = ask(nginx, "/v1/goods/index", headers=ORIGIN)
        assert_envelope(reply, 503)
        assert reply.headers["Retry-After"] == "1"

    def test_in_the_language_of_the_client(self, nginx: Nginx) -> None:
        for language, text in (
            ("zh-CN", "请求内容过大"),
            ("en-GB", "The request body is too large"),
        ):
            headers = {"Accept-Language": language}
            reply = ask(nginx, "/v1/x", method="POST", body=b"x" * 70000, headers=headers)
            assert json.loads(reply.body)["error"] == text

    def test_refusals_of_the_api_pass(self, nginx: Nginx, upstream: Upstream) -> None:
        for status in (404, 413, 500, 503):
            upstream.reply = (status, {"Retry-After": "7"})
            reply = ask(nginx, "/v1/orders/u")
            assert (reply.status, reply.body) == (status, b'{"code":200}')
            assert reply.headers["Retry-After"] == "7"


class TestRepeating:
    """A request the first process did not answer."""

    def test_a_read_of_the_catalogue_is_asked_again(self, nginx: Nginx, upstream: Upstream) -> None:
        upstream.drops = 1
        assert ask(nginx, "/v1/goods/detail/7").status == 200
        assert len(upstream.seen) == 2

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/v1/orders/u"),
            ("PUT", "/v1/carts/u"),
            ("DELETE", "/v1/carts/u"),
            ("GET", "/v1/orders/u"),
            ("POST", "/v1/goods/search"),
            ("PUT", "/v1/goods/7"),
            ("DELETE", "/v1/goods/7"),
            ("POST", "/v1/pays/7"),
        ],
    )
    def test_nothing_else_is(
        self, nginx: Nginx, upstream: Upstream, method: str, path: str
    ) -> None:
        upstream.drops = 1
        body = b"{}" if method != "GET" else None
        assert_envelope(ask(nginx, path, method=method, body=body), 503)
        assert [seen[:2] for seen in upstream.seen] == [(method, path)]


class TestProxy:
    """What the API gets."""

    def test_the_client_is_named_and_cannot_name_itself(
        self, nginx: Nginx, upstream: Upstream
    ) -> None:
        claims = {"X-Real-IP": "203.0.113.9", "X-Forwarded-For": "203.0.113.9"}
        ask(nginx, "/v1/goods/index", headers=claims)
        headers = upstream.seen[0][2]
        assert headers["X-Real-IP"] == headers["X-Forwarded-For"] == "127.0.0.1"
        assert "Connection" not in headers

    def test_a_request_gets_an_id_or_keeps_a_sane_one(
        self, nginx: Nginx, upstream: Upstream
    ) -> None:
        for sent in ({}, {"X-Request-Id": "abc-1"}, {"X-Request-Id": 'x" evil'}):
            ask(nginx, "/v1/goods/index", headers=sent)
        ids = [seen[2]["X-Request-Id"] for seen in upstream.seen]
        assert re.fullmatch("[0-9a-f]{32}", ids[0])
        assert ids[1] == "abc-1"
        assert re.fullmatch("[0-9a-f]{32}", ids[2])

    def test_connections_are_kept(self, nginx: Nginx, upstream: Upstream) -> None:
        for _ in range(8):
            ask(nginx, "/v1/goods/index")
        assert len(upstream.seen) == 8
        assert upstream.connections <= 2  # one for each process

    @pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
    def test_the_documents_come_from_the_api(
        self, nginx: Nginx, upstream: Upstream, path: str
    ) -> None:
        upstream.reply = (200, {"Content-Security-Policy": "default-src 'self'"})
        assert ask(nginx, path).headers["Content-Security-Policy"] == "default-src 'self'"

    @pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/docs2", "/server.py"])
    def test_the_rest_of_the_api_is_hidden(
        self, nginx: Nginx, upstream: Upstream, path: str
    ) -> None:
        assert ask(nginx, path).status == 404
        assert not upstream.seen

    def test_the_log_holds_no_query(self, nginx: Nginx) -> None:
        ask(nginx, "/v1/users/activation?code=SECRET", headers={"User-Agent": 'a"b'})
        nginx.stop()
        log = (nginx.folder / "log" / "nginx-access.log").read_text("utf-8")
        last = json.loads(log.splitlines()[-1])
        assert (last["method"], last["path"]) == ("GET", "/v1/users/activation")
        assert "SECRET" not in log


class TestPages:
    """Files."""

    def test_the_front_door_leads_to_the_index(self, nginx: Nginx) -> None:
        reply = ask(nginx, "/")
        assert (reply.status, reply.headers["Server"]) == (302, "nginx")
        assert reply.headers["Location"] == "/dadashop/templates/index.html"

    def test_pages_have_their_headers(self, nginx: Nginx) -> None:
        reply = ask(nginx, "/dadashop/templates/index.html")
        assert reply.body.decode() == f"{PAGE}templates/index.html"
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
        assert reply.headers["Content-Security-Policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
            " connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none';"
            " frame-ancestors 'none'; manifest-src 'self'"
        )
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert "camera=()" in reply.headers["Permissions-Policy"]

    def test_unchanged_pages_are_not_sent_again(self, nginx: Nginx) -> None:
        first = ask(nginx, "/dadashop/static/css/shop.css")
        assert first.headers["Cache-Control"] == "no-cache"
        again = {"If-None-Match": first.headers["ETag"]}
        assert ask(nginx, "/dadashop/static/css/shop.css", headers=again).status == 304

    def test_texts_are_compressed(self, nginx: Nginx) -> None:
        reply = ask(nginx, "/dadashop/static/css/shop.css", headers={"Accept-Encoding": "gzip"})
        assert reply.headers["Content-Encoding"] == "gzip"
        assert reply.headers["Content-Type"] == "text/css; charset=utf-8"

    @pytest.mark.parametrize(
        "path",
        [
            "/dadashop/static/.env",
            "/dadashop/templates/.secret.html",
            "/dadashop/static/css/",
            "/dadashop/static/css",
            "/dadashop/static/../../etc/passwd",
            "/dadashop/static/%2e%2e/templates/.secret.html",
            "/media/.hidden.png",
            "/media/goods/7.html",
            "/media/goods/",
            "/media/../static/app.py",
            "/.git/config",
            "/.fault/503",
            "/nothing",
        ],
    )
    def test_anything_else_is_the_page_not_found(self, nginx: Nginx, path: str) -> None:
        reply = ask(nginx, path)
        assert reply.status in {301, 404} if path.endswith("/css") else reply.status == 404
        if reply.status == 404:
            assert reply.body.decode() == f"{PAGE}templates/404.html"
            assert "default-src 'none'" in reply.headers["Content-Security-Policy"]

    def test_an_unknown_kind_of_file_is_a_lump_of_bytes(self, nginx: Nginx) -> None:
        reply = ask(nginx, "/dadashop/static/app.py")
        assert reply.headers["Content-Type"] == "application/octet-stream"

    def test_pictures_are_kept_and_inert(self, nginx: Nginx) -> None:
        reply = ask(nginx, "/media/goods/7.webp")
        assert (reply.status, reply.body) == (200, b"RIFF")
        assert reply.headers["Content-Type"] == "image/webp"
        assert reply.headers["Cache-Control"] == "public, max-age=2592000"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in reply.headers["Content-Security-Policy"]

    def test_a_missing_picture_is_not_kept(self, nginx: Nginx) -> None:
        reply = ask(nginx, "/media/goods/8.webp")
        assert reply.status == 404
        assert reply.headers["Cache-Control"] == "no-cache"


class TestTemplate:
    """The configuration as text."""

    def test_a_forgotten_value_is_noticed(self) -> None:
        assert render("a {{b}} c", {"b": "1"}) == "a 1 c"
        with pytest.raises(KeyError, match="b"):
            render("a {{b}} c", {})

    def test_only_the_named_origins_may_read_faults(
        self, private: PrivateServers, frontend: Path
    ) -> None:
        site = Site(
            port=Ports().of("nginx"),
            upstreams=[Ports().of("nobody")],
            media=frontend,
            origins=("https://shop.example",),
            frontend=frontend,
            workers="1",
        )
        nginx = private.started(Nginx(private.folder, site))
        ours = ask(nginx, "/v1/goods/index", headers=ORIGIN)
        assert ours.headers["Access-Control-Allow-Origin"] == "https://shop.example"
        other = ask(nginx, "/v1/goods/index", headers={"Origin": "https://evil.example"})
        assert other.status == 503
        assert "Access-Control-Allow-Origin" not in other.headers
        assert 'default ""' in origins_map(site.origins)

    def test_a_refused_configuration_is_shown(
        self, private: PrivateServers, frontend: Path
    ) -> None:
        site = Site(port=Ports().of("nginx"), upstreams=[], media=frontend, frontend=frontend)
        with pytest.raises(StartFailed, match="no servers are inside upstream"):
            private.started(Nginx(private.folder, site))
