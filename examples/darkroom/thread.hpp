// Starts a named thread that runs a callable for as long as the process lives.
#pragma once

#include <pthread.h>

#include <memory>
#include <utility>

namespace darkroom {

template <typename Work>
void* run_work(void* work) {
    (*std::unique_ptr<Work>(static_cast<Work*>(work)))();
    return nullptr;
}

template <typename Work>
void start_thread(const char* name, Work work) {
    pthread_t handle;
    pthread_create(&handle, nullptr, &run_work<Work>, new Work(std::move(work)));
    pthread_setname_np(handle, name);
    pthread_detach(handle);
}

}  // namespace darkroom
