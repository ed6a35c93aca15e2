"""The rules that make a processed crash of a raw crash and the walks of its minidumps."""
