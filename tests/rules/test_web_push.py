"""Web Push without a network: the example of RFC 8291, our token, what a key may be, and where a push may go."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from linjen.core.errors import LinjenError, Misconfigured, Refused, Unavailable
from linjen.core.settings import read_settings
from linjen.integrations.http_line import Answer, Cut, HttpLine, Line, NotSent
from linjen.integrations.push_hosts import DEFAULT_HOSTS, PublicOnly, check_endpoint, public_addresses
from linjen.integrations.web_push import (
    Doubtful,
    Gone,
    Subscription,
    Vapid,
    WebPush,
    check_keys,
    decode,
    encode,
    encrypt,
    make_key,
)
from tests.lines import Said

#: RFC 8291, section 5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
RECEIVER = Subscription(
    "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "BTBZMqHH6r4Tts7J_aSIgg",
)
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
TO = Subscription("https://push.example.org/notify/1", RECEIVER.p256dh, RECEIVER.auth)


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decode(text), "big"), ec.SECP256R1())


def _settings(**more: object) -> dict[str, object]:
    return {
        "demo": True,
        "push_key": make_key(),
        "push_contact": "mailto:drift@example.org",
        "push_hosts": ["push.example.org"],
        **more,
    }


def _way_out(line: Line) -> WebPush:
    return WebPush.from_settings(read_settings({}, **_settings()), line)


def test_the_example_of_rfc_8291_comes_out_byte_for_byte() -> None:
    assert encode(encrypt(PLAIN, RECEIVER, _private(SENDER), decode(SALT))) == BODY


def test_two_messages_of_the_same_words_are_equally_long_and_otherwise_unlike() -> None:
    one, other, longer = (encrypt(text, RECEIVER, padded=512) for text in (PLAIN, PLAIN, PLAIN * 3))
    assert one != other
    assert len(one) == len(longer) == 16 + 4 + 1 + 65 + 512 + 16


def test_our_token_says_where_to_until_when_and_who_and_is_signed_by_our_key() -> None:
    vapid = Vapid.read(make_key(), "mailto:drift@example.org")
    words = dict(part.strip().split("=", 1) for part in vapid.authorization("https://push.example.org")[6:].split(","))
    assert words["k"] == vapid.public_key
    head, claims, signature = words["t"].split(".")
    said = json.loads(decode(claims))
    assert json.loads(decode(head)) == {"typ": "JWT", "alg": "ES256"}
    assert (said["aud"], said["sub"]) == ("https://push.example.org", "mailto:drift@example.org")
    raw = decode(signature)
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(words["k"]))
    key.verify(pair, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))


@pytest.mark.parametrize(
    ("setting", "value"),
    [("push_key", "abc"), ("push_key", "å" * 43), ("push_key", encode(bytes(32))), ("push_key", encode(b"\xff" * 32)),
     ("push_key", encode(bytes(31) + b"\x01")[:-2]), ("push_contact", ""), ("push_contact", "drift@example.org"),
     ("push_contact", "http://example.org"), ("push_hosts", ["https://push.example.org"]), ("push_hosts", ["*.com"]),
     ("push_hosts", ["127.0.0.1"]), ("push_hosts", ["Push.Example.org"]), ("push_hosts", ["*"])],
)  # fmt: skip
def test_a_setting_that_is_none_is_refused_by_its_name_and_never_told(setting: str, value: object) -> None:
    with pytest.raises(Misconfigured) as caught:
        WebPush.from_settings(read_settings({}, **_settings(**{setting: value})))
    assert caught.value.detail["setting"] == setting
    assert setting != "push_key" or str(value) not in str(caught.value.detail["why"])


@pytest.mark.parametrize("auth", ["", "abc", encode(bytes(15)), "å" * 22])
def test_a_secret_that_is_none_is_refused(auth: str) -> None:
    with pytest.raises(ValueError):
        check_keys(Subscription(TO.endpoint, TO.p256dh, auth))


@pytest.mark.parametrize("point", ["", encode(bytes(65)), encode(b"\x04" + b"\x01" * 64), TO.p256dh[:-4]])
def test_a_point_that_lies_on_no_curve_is_refused(point: str) -> None:
    with pytest.raises(ValueError):
        check_keys(Subscription(TO.endpoint, point, TO.auth))


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [("https://fcm.googleapis.com/fcm/send/abc:def_-", "https://fcm.googleapis.com"),
     ("https://updates.push.services.mozilla.com/wpush/v2/gAAA", "https://updates.push.services.mozilla.com"),
     ("https://web.push.apple.com/QKC", "https://web.push.apple.com"),
     ("https://wns2-db5p.notify.windows.com/w/?token=BQ%2b%3d", "https://wns2-db5p.notify.windows.com"),
     ("https://fcm.googleapis.com:443/fcm/send/abc", "https://fcm.googleapis.com")],
)  # fmt: skip
def test_the_large_push_services_are_allowed(endpoint: str, origin: str) -> None:
    assert check_endpoint(endpoint, DEFAULT_HOSTS) == origin


@pytest.mark.parametrize(
    "endpoint",
    ["http://fcm.googleapis.com/a", "https://fcm.googleapis.com:8443/a", "https://fcm.googleapis.com.example.org/a",
     "https://user@fcm.googleapis.com/a", "https://fcm.googleapis.com@10.0.0.1/a", "https://127.0.0.1/a",
     "https://[::1]/a", "https://localhost/a", "https://push.apple.com/a", "https://xpush.apple.com/a",
     "https://fcm.googleapis.com\\@10.0.0.1/a", "https://fcm.googleapis.com#@10.0.0.1/", "https://2130706433/a",
     "https://fcm.googleapis.com./a", "file:///etc/passwd", "gopher://fcm.googleapis.com/", "",
     "https://fcm.googleapis.com/\r\nHost: intern", "https://fcm.googleapis.com/" + "a" * 1000,
     "https://ﬁcm.googleapis.com/a", "https://169.254.169.254.notify.windows.com.nip.io/"],
)  # fmt: skip
def test_every_other_address_is_refused(endpoint: str) -> None:
    with pytest.raises(Refused) as caught:
        check_endpoint(endpoint, DEFAULT_HOSTS)
    assert caught.value.reason in {"push_address", "push_host"}


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "224.0.0.1",
     "::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:0a00:0001::",
     "64:ff9b:1::1", "64:ff9b::a00:1", "255.255.255.255"],
)  # fmt: skip
async def test_a_name_that_leads_into_our_own_network_is_never_connected_to(address: str) -> None:
    async def locate(_host: str) -> Sequence[str]:
        return [address]

    with pytest.raises(OSError):
        await PublicOnly(locate).resolve("push.example.org", 443)
    way_out = _way_out(HttpLine(connect_s=1, read_s=1, total_s=1, keep_s=0, resolver=PublicOnly(locate)))
    with pytest.raises(Unavailable) as caught:
        await way_out.send(TO, b"{}", live_s=60, urgent=False)
    await way_out.close()
    assert caught.value.reason == "push_unreachable"
    assert caught.value.detail == {"why": "ClientConnectorDNSError"}, "it was not tried"
    assert public_addresses([address]) == []


@pytest.mark.parametrize(
    ("address", "family"), [("93.184.216.34", socket.AF_INET), ("2606:2800:21f:cb07::1", socket.AF_INET6)]
)
async def test_it_connects_to_the_address_that_was_checked(address: str, family: socket.AddressFamily) -> None:
    async def locate(_host: str) -> Sequence[str]:
        return ["10.0.0.1", address, "93.184.216.35"]

    (found,) = await PublicOnly(locate).resolve("push.example.org", 443)
    assert (found["host"], found["port"], found["family"]) == (address, 443, family)


async def test_what_is_sent_says_how_long_and_how_urgent_and_is_never_asked_twice() -> None:
    line = Said(Answer(201, {}, b""))
    await _way_out(line).send(TO, b"{}", live_s=60, urgent=True)
    (asked,) = line.asked
    assert (asked.method, asked.url, asked.repeatable) == ("POST", TO.endpoint, False)
    assert (asked.headers["ttl"], asked.headers["urgency"], asked.headers["topic"]) == ("60", "high", "linjen")


@pytest.mark.parametrize(
    ("answer", "kind", "after_s"),
    [(Answer(404, {}, b""), Gone, 0), (Answer(410, {}, b""), Gone, 0), (Answer(400, {}, b""), Refused, 0),
     (Answer(403, {}, b""), Refused, 0), (Answer(413, {}, b""), Refused, 0), (Answer(500, {}, b""), Unavailable, 0),
     (Answer(429, {"retry-after": "120"}, b""), Unavailable, 120),
     (Answer(503, {"retry-after": "9999999"}, b""), Unavailable, 3600),
     (Answer(503, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, b""), Unavailable, 0),
     (Answer(503, {"retry-after": "soon"}, b""), Unavailable, 0),
     (Answer(302, {"location": "http://10.0.0.1/"}, b""), Refused, 0),
     (Answer(307, {"location": "https://push.example.org/2"}, b""), Refused, 0),
     (NotSent("no"), Unavailable, 0), (NotSent("no", timed_out=True), Unavailable, 0), (Cut("no"), Doubtful, 0),
     (Cut("no", timed_out=True), Doubtful, 0)],
)  # fmt: skip
async def test_what_an_answer_means(answer: Answer | Exception, kind: type[LinjenError], after_s: int) -> None:
    line = Said(answer)
    with pytest.raises(LinjenError) as caught:
        await _way_out(line).send(TO, b"{}", live_s=60, urgent=False)
    assert type(caught.value) is kind
    assert caught.value.detail.get("after_s", 0) == after_s
    assert len(line.asked) == 1, "it is not asked again"
    assert "example" not in str(caught.value.detail)


def test_a_subscription_is_never_told_in_a_log() -> None:
    assert TO.endpoint not in f"{TO!r} {TO}"
