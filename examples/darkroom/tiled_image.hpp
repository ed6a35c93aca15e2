// An image kept as square tiles, so that a filter's neighbourhood stays in the cache.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace darkroom {

struct Rgb {
    float red = 0, green = 0, blue = 0;

    Rgb& operator+=(const Rgb& other) {
        red += other.red;
        green += other.green;
        blue += other.blue;
        return *this;
    }
    friend Rgb operator*(const Rgb& colour, float factor) {
        return {colour.red * factor, colour.green * factor, colour.blue * factor};
    }
};

template <typename Pixel, int Side>
struct Tile {
    std::int32_t column;
    std::int32_t row;
    std::int32_t stride = Side;
    std::array<Pixel, Side * Side> pixels{};

    Pixel sample(int x, int y) const { return pixels[(y % Side) * stride + x % Side]; }
    Pixel& sample(int x, int y) { return pixels[(y % Side) * stride + x % Side]; }
};

template <typename Pixel>
class TiledImage {
public:
    static constexpr int side = 64;
    using TileType = Tile<Pixel, side>;

    TiledImage(int width, int height)
        : width_(width), height_(height), columns_((width + side - 1) / side) {
        const int rows = (height + side - 1) / side;
        for (int row = 0; row < rows; ++row) {
            for (int column = 0; column < columns_; ++column) {
                tiles_.push_back(std::make_unique<TileType>(TileType{column, row}));
            }
            tiles_.push_back(nullptr);  // the end of a row
        }
    }

    int width() const { return width_; }
    int height() const { return height_; }

    Pixel& at(int x, int y) { return tile_of(x, y)->sample(x, y); }
    Pixel at(int x, int y) const { return tile_of(x, y)->sample(x, y); }

    // The bug of this program: the last column is width - 1. One too far is harmless while the last
    // tile has columns to spare, and fatal in an image whose width is a multiple of the tile's side.
    Pixel at_clamped(int x, int y) const {
        return at(std::clamp(x, 0, width_), std::clamp(y, 0, height_ - 1));
    }

private:
    TileType* tile_of(int x, int y) const {
        return tiles_[(y / side) * (columns_ + 1) + x / side].get();
    }

    int width_;
    int height_;
    int columns_;
    std::vector<std::unique_ptr<TileType>> tiles_;
};

}  // namespace darkroom
