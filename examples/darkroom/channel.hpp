// A bounded queue between threads.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <utility>

#include "kernel.hpp"

namespace darkroom {

class Semaphore {
public:
    explicit Semaphore(std::uint32_t count) : count_(count) {}

    [[gnu::noinline]] void acquire() {
        while (!try_acquire()) kernel::wait_while_equal(count_, 0);
    }

    void release() {
        count_.fetch_add(1, std::memory_order_release);
        kernel::wake_one(count_);
    }

private:
    bool try_acquire() {
        std::uint32_t seen = count_.load(std::memory_order_relaxed);
        while (seen != 0) {
            if (count_.compare_exchange_weak(seen, seen - 1, std::memory_order_acquire)) return true;
        }
        return false;
    }

    std::atomic<std::uint32_t> count_;
};

template <typename T, std::size_t Capacity>
class Channel {
public:
    void send(T value) {
        free_.acquire();
        turn_.acquire();
        slots_[sent_++ % Capacity] = std::move(value);
        turn_.release();
        filled_.release();
    }

    T receive() {
        filled_.acquire();
        turn_.acquire();
        T value = std::move(slots_[received_++ % Capacity]);
        turn_.release();
        free_.release();
        return value;
    }

private:
    std::array<T, Capacity> slots_{};
    std::size_t sent_ = 0;
    std::size_t received_ = 0;
    Semaphore free_{Capacity};
    Semaphore filled_{0};
    Semaphore turn_{1};
};

}  // namespace darkroom
