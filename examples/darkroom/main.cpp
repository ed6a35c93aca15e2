// darkroom: develops a roll of film. A reader scans the exposures, three developers run them through
// the pipeline of filters, a printer counts the prints, a clock keeps the time.

#include <atomic>
#include <cstdlib>
#include <memory>

#include "channel.hpp"
#include "crash_client.hpp"
#include "filters.hpp"
#include "thread.hpp"

namespace darkroom {

constexpr int exposures_on_a_roll = 36;

struct Exposure {
    int number;
    TiledImage<Rgb> image;
};

using Tray = Channel<std::unique_ptr<Exposure>, 4>;
using Development = Pipeline<WhiteBalance, Convolution<Sharpening<2>>>;

class Lab {
public:
    [[gnu::noinline]] void develop_roll() {
        start_thread("reader", [this] { scan_roll(); });
        start_thread("developer-1", [this] { develop_exposures(); });
        start_thread("developer-2", [this] { develop_exposures(); });
        start_thread("developer-3", [this] { develop_exposures(); });
        start_thread("printer", [this] { collect_prints(); });
        start_thread("clock", [this] { keep_time(); });
        finished_.acquire();
    }

private:
    [[gnu::noinline]] void scan_roll() {
        for (int number = 1; number <= exposures_on_a_roll; ++number) latent_.send(scan(number));
    }

    // Exposure 7 was taken with another camera: its width is a multiple of the tile's side.
    [[gnu::noinline]] static std::unique_ptr<Exposure> scan(int number) {
        const int width = number == 7 ? 1024 : 1000;
        auto exposure = std::make_unique<Exposure>(Exposure{number, TiledImage<Rgb>(width, 750)});
        for_each_pixel(exposure->image, [number](Rgb& pixel, int x, int y) {
            const float grain = static_cast<float>((x * 31 + y * 17 + number * 7) % 256);
            pixel = Rgb{grain, grain * 0.8F, grain * 0.6F} * (1.0F / 256);
        });
        return exposure;
    }

    [[gnu::noinline]] void develop_exposures() {
        for (;;) {
            auto exposure = latent_.receive();
            develop(*exposure);
            developed_.send(std::move(exposure));
        }
    }

    [[gnu::noinline]] static void develop(Exposure& exposure) { Development{}.run(exposure.image); }

    [[gnu::noinline]] void collect_prints() {
        for (int prints = 0; prints < exposures_on_a_roll; ++prints) developed_.receive();
        finished_.release();
    }

    [[gnu::noinline]] void keep_time() {
        for (;;) {
            kernel::sleep_for_milliseconds(250);
            ticks_.fetch_add(1, std::memory_order_relaxed);
        }
    }

    Tray latent_;
    Tray developed_;
    Semaphore finished_{0};
    std::atomic<int> ticks_{0};
};

}  // namespace darkroom

int main() {
    darkroom::install_crash_client();
    darkroom::Lab lab;
    lab.develop_roll();
    std::_Exit(0);  // without destructors: the other threads still use the lab
}
