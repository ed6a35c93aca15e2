"""Signatures by siggen: what it needs is found, and what fails there stays there."""

from typing import Any

import pytest

from moonwalk.adapters.signature import NO_SIGNATURE, SiggenSignatures


@pytest.fixture(scope="module")
def signatures() -> SiggenSignatures:
    return SiggenSignatures()


def processed(*functions: str, **more: Any) -> dict[str, Any]:
    frames = [{"frame": n, "function": name} for n, name in enumerate(functions)]
    return {
        "signature": "EMPTY: crash failed to process",
        "json_dump": {
            "crash_info": {"crashing_thread": 1, "type": "SIGSEGV"},
            "system_info": {"os": "Linux"},
            "threads": [{"frames": []}, {"frames": frames}],
        },
        **more,
    }


def test_the_crashing_threads_frames_make_the_signature(signatures: SiggenSignatures) -> None:
    signature = signatures.sign(processed("raise", "abort", "Engine::start(int)", "main"))
    assert signature.text == "raise | abort | Engine::start"
    assert signature.proto_signature == "raise | abort | Engine::start | main"
    assert signature.notes == ()


@pytest.mark.parametrize("document", [{}, {"json_dump": {}}, {"json_dump": None}])
def test_a_crash_without_frames_has_a_signature_that_says_so(
    signatures: SiggenSignatures, document: dict[str, Any]
) -> None:
    document |= {"mdsw_status_string": "MissingHeader"}
    signature = signatures.sign(document)
    assert signature.text == "EMPTY: no frame data available; MissingHeader"
    assert signature.proto_signature is None
    assert len(signature.notes) == 1


def test_a_rule_that_fails_leaves_a_note_that_quotes_nothing(signatures: SiggenSignatures) -> None:
    secret = {"exception": {"values": [{"stacktrace": "secret"}]}}
    signature = signatures.sign(processed("main", java_exception=secret))
    assert signature.notes == ("SignatureGenerationRule: Rule failed: AttributeError",)
    assert "secret" not in str(signature)


@pytest.mark.parametrize("odd", [None, 5, [], {"secret": 1}, True])
def test_parts_of_frames_of_other_types_count_as_absent(
    signatures: SiggenSignatures, odd: Any
) -> None:
    document = processed("raise", "main")
    names = ("function", "file", "line", "module", "inlines", "unloaded_modules")
    frames = [None, odd, dict.fromkeys(names, odd), {"function": "Engine::start"}]
    document["json_dump"]["threads"][1]["frames"] = frames
    assert signatures.sign(document).text == "Engine::start"


def test_a_bad_shutdown_timeout_is_not_quoted(signatures: SiggenSignatures) -> None:
    signature = signatures.sign(processed("main", async_shutdown_timeout="{secret"))
    assert signature.text == "AsyncShutdownTimeout | UNKNOWN"
    assert "SignatureShutdownTimeout: Error parsing AsyncShutdownTimeout" in signature.notes


@pytest.mark.parametrize("document", [None, [], "text"])
def test_what_is_no_processed_crash_costs_the_signature_only(
    signatures: SiggenSignatures, document: Any
) -> None:
    signature = signatures.sign(document)
    assert signature.text.startswith("EMPTY: ")
    assert signature.notes


def test_an_error_outside_of_the_rules_costs_the_signature_only(
    signatures: SiggenSignatures, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_processed: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr("moonwalk.adapters.signature.crash_data", fail)
    signature = signatures.sign(processed("main"))
    assert signature.text == NO_SIGNATURE
    assert signature.notes == ("signature: failed: KeyError",)


def test_a_signature_holds_what_can_be_stored(signatures: SiggenSignatures) -> None:
    signature = signatures.sign(processed("a\ud800b" * 200))
    for text in (signature.text, signature.proto_signature or "", *signature.notes):
        text.encode("utf-8")
    assert len(signature.text) == 255
