#pragma once

// Texts as points: words weighted by how rare they are (TF-IDF), then latent semantic analysis, so that texts are near
// each other when they speak of the same things in other words too.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "learn/dataset.h"
#include "learn/implicit_als.h"
#include "learn/model_file.h"
#include "learn/training_control.h"

namespace rapport::learn {

struct Neighbour;

// Lower-case words of at least two letters or digits, without HTML tags; a plural's last s is left off.
std::vector<std::string> words_of(std::string_view text);

struct TextSpaceParameters {
  std::uint32_t dimension = 96;
  std::uint32_t terms_max = 50'000;
  std::uint32_t iterations = 4;  // of the subspace iteration
  std::uint64_t seed = 1;
};

// Not thread-safe while something is added.
class TextSpace {
 public:
  // One point for each text. kConflict when stopped.
  static Result<TextSpace> build(std::span<const std::string> texts, const TextSpaceParameters& parameters,
                                 const TrainingControl& control);

  // The point of a text, of length 1; all zero when none of its words is known.
  std::vector<float> place(std::string_view text) const;
  // The texts nearest to a point with their cosines, those above 0, nearest first.
  std::vector<Neighbour> nearest(std::span<const float> point, std::size_t limit) const;
  void add(std::string_view text);  // one more point, behind the others
  const Factors& points() const { return points_; }

  // Sections named text…
  void write(ModelFileWriter& writer) const;
  // kInvalid when there are not `count` points.
  static Result<TextSpace> read(const ModelFileReader& reader, std::uint32_t count);

 private:
  Vocabulary terms_;
  std::vector<float> rarity_;  // of each term
  Factors term_vectors_;
  Factors points_;
};

}  // namespace rapport::learn
