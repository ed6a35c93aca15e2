// Tells a watching process of a fatal signal: a process cannot write its own minidump.
#pragma once

namespace darkroom {

// Installs the handler. The watcher's socket is standard input: on a fatal signal the context is
// written to it, one byte is awaited, and the signal then ends the process as it would have.
void install_crash_client();

}  // namespace darkroom
