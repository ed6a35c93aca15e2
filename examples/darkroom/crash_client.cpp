#include "crash_client.hpp"

#include <signal.h>
#include <sys/signalfd.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "kernel.hpp"

namespace darkroom {
namespace {

constexpr int watcher = STDIN_FILENO;

// The layout of the crate crash-context's CrashContext (0.8) on x86-64 Linux.
struct CrashContext {
    ucontext_t context;
    _libc_fpstate float_state;
    signalfd_siginfo siginfo;
    pid_t pid;
    pid_t tid;
};
static_assert(sizeof(CrashContext) == 968 + 512 + 128 + 8);

CrashContext report;
std::atomic_flag reported;

void on_fatal_signal(int signal, siginfo_t* info, void* context) {
    if (reported.test_and_set()) {
        for (;;) kernel::sleep_for_milliseconds(1000);
    }
    std::memcpy(&report.context, context, sizeof report.context);
    std::memcpy(&report.float_state, report.context.uc_mcontext.fpregs, sizeof report.float_state);
    report.siginfo.ssi_signo = static_cast<std::uint32_t>(signal);
    report.siginfo.ssi_code = info->si_code;
    report.siginfo.ssi_addr = reinterpret_cast<std::uint64_t>(info->si_addr);
    report.pid = getpid();
    report.tid = gettid();

    char written;
    if (write(watcher, &report, sizeof report) == sizeof report) (void)!read(watcher, &written, 1);
    // Returning runs the faulting instruction once more, now with the default action.
    ::signal(signal, SIG_DFL);
}

}  // namespace

void install_crash_client() {
    struct sigaction action {};
    action.sa_sigaction = on_fatal_signal;
    action.sa_flags = SA_SIGINFO;
    for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE}) sigaction(signal, &action, nullptr);
}

}  // namespace darkroom
