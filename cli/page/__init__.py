"""One self-contained page of a crash: what happened first, everything else folded below it."""
