"""The rule for the stack trace of a Java exception, whose messages are nobody's business."""

from collections.abc import Sequence
from typing import ClassVar

from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import Crash, Found, Rule

ANNOTATION = "JavaStackTrace"
CALL, MORE = "\tat ", "\t... "


class JavaStackTraceRule(Rule):
    """Keeps the trace as it came, protected, and a public form of it (Socorro's 28).

    Public are the exception's class and the lines of its stack. F10: nothing else that begins with
    a tab is taken for such a line; the trace ends at the first other line, such as `Caused by:`;
    blank lines do not count, and a trace of nothing else has no public form. F4: a trace that is
    no text has a note and no field.
    """

    annotations: ClassVar[tuple[str, ...]] = (ANNOTATION,)
    writes: ClassVar[tuple[str, ...]] = ("java_stack_trace_raw", "java_stack_trace")

    def applies(self, crash: Crash) -> bool:
        """Say whether there is a trace."""
        return bool(crash.raw.get(ANNOTATION))

    def act(self, crash: Crash) -> Found:
        """Give both forms."""
        trace = crash.raw[ANNOTATION]
        if not isinstance(trace, str):
            return Found(notes=(unusable(ANNOTATION),))
        lines = [line for line in trace.splitlines() if line.strip()]
        public = {"java_stack_trace": _public(lines)} if lines else {}
        return Found(fields={"java_stack_trace_raw": trace, **public})


def _public(lines: Sequence[str]) -> str:
    kind = lines[0].partition(":")[0].strip()
    return f"{kind}\n" + "\n".join(_stack(lines[1:]))


def _stack(lines: Sequence[str]) -> list[str]:
    """Give the lines of the first stack; what stands before it belongs to the message."""
    first = next((at for at, line in enumerate(lines) if line.startswith(CALL)), len(lines))
    stack = []
    for line in lines[first:]:
        if not line.startswith((CALL, MORE)):
            break
        stack.append(line)
    return stack
