// Filters of the developing pipeline, composed at compile time.
#pragma once

#include <algorithm>
#include <array>

#include "tiled_image.hpp"

namespace darkroom {

template <typename Pixel, typename Visit>
inline void for_each_pixel(TiledImage<Pixel>& image, Visit visit) {
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) visit(image.at(x, y), x, y);
    }
}

struct WhiteBalance {
    Rgb gain{1.08F, 1.0F, 0.94F};

    template <typename Pixel>
    [[gnu::noinline]] void apply(TiledImage<Pixel>& image) const {
        for_each_pixel(image, [this](Pixel& pixel, int, int) {
            pixel = {pixel.red * gain.red, pixel.green * gain.green, pixel.blue * gain.blue};
        });
    }
};

template <int Radius>
struct Sharpening {
    static constexpr int taps = 2 * Radius + 1;

    static constexpr std::array<float, taps * taps> weights() {
        std::array<float, taps * taps> kernel{};
        constexpr float surround = -1.0F / (taps * taps);
        kernel.fill(surround);
        kernel[kernel.size() / 2] = 2.0F + surround;
        return kernel;
    }
};

template <typename Kernel>
struct Convolution {
    template <typename Pixel>
    [[gnu::noinline]] void apply(TiledImage<Pixel>& image) const {
        const TiledImage<Pixel>& source = image;
        TiledImage<Pixel> result(image.width(), image.height());
        for_each_pixel(result, [&source](Pixel& pixel, int x, int y) {
            pixel = neighbourhood_sum(source, x, y);
        });
        image = std::move(result);
    }

private:
    template <typename Pixel>
    [[gnu::always_inline]] static inline Pixel neighbourhood_sum(const TiledImage<Pixel>& source,
                                                                 int x, int y) {
        constexpr auto weights = Kernel::weights();
        constexpr int radius = Kernel::taps / 2;
        Pixel sum{};
        for (int dy = -radius; dy <= radius; ++dy) {
            for (int dx = -radius; dx <= radius; ++dx) {
                const float weight = weights[(dy + radius) * Kernel::taps + dx + radius];
                sum += source.at_clamped(x + dx, y + dy) * weight;
            }
        }
        return sum;
    }
};

template <typename... Filters>
class Pipeline {
public:
    template <typename Pixel>
    [[gnu::noinline]] void run(TiledImage<Pixel>& image) const {
        (Filters{}.apply(image), ...);
    }
};

}  // namespace darkroom
