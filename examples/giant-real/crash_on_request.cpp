// Loaded into ceph-osd by LD_PRELOAD: brings the example's crash client there, and a bug that waits
// to be asked for.
#include <dlfcn.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "../darkroom/crash_client.hpp"

namespace {

const char* request;
int* volatile null_pointer;

// An abort is how most daemons die; the crash client, made for another program, leaves it out.
void report_aborts_too() {
    struct sigaction action;
    sigaction(SIGSEGV, nullptr, &action);
    sigaction(SIGABRT, &action, nullptr);
}

// The threads that serve the clients: their stacks are the deepest.
bool in_a_worker() {
    char name[16];
    return prctl(PR_GET_NAME, name, 0, 0, 0) == 0 && std::strcmp(name, "tp_osd_tp") == 0;
}

__attribute__((constructor)) void install() {
    request = std::getenv("CRASH_WHEN_THERE_IS");
    darkroom::install_crash_client();
    report_aborts_too();
    // A dumper that is not the parent may attach, whatever the system's policy.
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
}

}  // namespace

// libaio's function, called at the end of the long way that a write takes through the daemon.
extern "C" int io_submit(void* context, long count, void** blocks) {
    if (request != nullptr && in_a_worker() && access(request, F_OK) == 0) *null_pointer = 1;
    static const auto real = reinterpret_cast<decltype(&io_submit)>(dlsym(RTLD_NEXT, "io_submit"));
    return real(context, count, blocks);
}
