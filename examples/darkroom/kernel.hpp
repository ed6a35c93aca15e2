// The few system calls that a waiting thread sits in, made without libc: every frame of a waiting
// thread is then ours, and its stack reads well where libc's symbols are not at hand.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>
#include <linux/futex.h>
#include <sys/syscall.h>

#if !defined(__x86_64__)
#error "darkroom is written for x86-64 Linux"
#endif

namespace darkroom::kernel {

inline long call(long number, long a, long b, long c, long d) {
    register long fourth asm("r10") = d;
    long result;
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                 : "rcx", "r11", "memory");
    return result;
}

inline void wait_while_equal(std::atomic<std::uint32_t>& word, std::uint32_t value) {
    call(SYS_futex, reinterpret_cast<long>(&word), FUTEX_WAIT_PRIVATE, value, 0);
}

inline void wake_one(std::atomic<std::uint32_t>& word) {
    call(SYS_futex, reinterpret_cast<long>(&word), FUTEX_WAKE_PRIVATE, 1, 0);
}

[[gnu::noinline]] inline void sleep_for_milliseconds(long milliseconds) {
    timespec pause{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
    call(SYS_nanosleep, reinterpret_cast<long>(&pause), 0, 0, 0);
}

}  // namespace darkroom::kernel
