#include "learn/text_space.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/random.h"
#include "learn/neighbour_model.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr double kCommonShare = 0.5;  // words of more texts than this say nothing
constexpr std::uint32_t kTextsForCommon = 20;

struct Weighted {
  std::uint32_t index = 0;
  float weight = 0;
};
using SparseRows = std::vector<std::vector<Weighted>>;
using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

bool is_word_letter(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

void take_word(std::string& word, std::vector<std::string>& words) {
  if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss")) word.pop_back();
  if (word.size() >= 2) words.push_back(std::move(word));
  word.clear();
}

// The words that are in several texts but not in most, the frequent first, at most `most`.
std::vector<std::pair<std::string, std::uint32_t>> choose_terms(const std::vector<std::vector<std::string>>& texts,
                                                                std::uint32_t most) {
  std::map<std::string, std::uint32_t> counts;
  for (const std::vector<std::string>& words : texts) {
    std::vector<std::string> distinct = words;
    std::ranges::sort(distinct);
    distinct.erase(std::ranges::unique(distinct).begin(), distinct.end());
    for (const std::string& word : distinct) ++counts[word];
  }
  std::vector<std::pair<std::string, std::uint32_t>> terms;
  for (const auto& [word, count] : counts) {
    const bool common = texts.size() >= kTextsForCommon && count > kCommonShare * static_cast<double>(texts.size());
    if (count >= 2 && !common) terms.emplace_back(word, count);
  }
  std::ranges::stable_sort(terms, [](const auto& a, const auto& b) { return a.second > b.second; });
  if (terms.size() > most) terms.resize(most);
  return terms;
}

// TF-IDF of a text, of length 1.
std::vector<Weighted> weigh(std::span<const std::string> words, const Vocabulary& terms,
                            std::span<const float> rarity) {
  std::map<std::uint32_t, std::uint32_t> counts;
  for (const std::string& word : words) {
    if (const auto term = terms.find(word)) ++counts[*term];
  }
  std::vector<Weighted> row;
  float square = 0;
  for (const auto& [term, count] : counts) {
    const float weight = (1 + std::log(static_cast<float>(count))) * rarity[term];
    row.push_back({term, weight});
    square += weight * weight;
  }
  for (Weighted& entry : row) entry.weight /= std::sqrt(square);
  return row;
}

SparseRows transposed(const SparseRows& rows, std::size_t columns) {
  SparseRows result(columns);
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    for (const Weighted& entry : rows[row]) result[entry.index].push_back({row, entry.weight});
  }
  return result;
}

Matrix product(const SparseRows& rows, const Matrix& dense, const TrainingControl& control) {
  Matrix result = Matrix::Zero(static_cast<Eigen::Index>(rows.size()), dense.cols());
  parallel_for(worker_count(control), rows.size(), control.stop, [&](std::size_t row, unsigned) {
    for (const Weighted& entry : rows[row]) {
      result.row(static_cast<Eigen::Index>(row)) += entry.weight * dense.row(entry.index);
    }
  });
  return result;
}

void orthonormalise(Matrix& columns) {
  const Eigen::HouseholderQR<Matrix> qr(columns);
  columns = qr.householderQ() * Matrix::Identity(columns.rows(), columns.cols());
}

Factors factors_of(const Matrix& matrix) {
  Factors factors{static_cast<std::uint32_t>(matrix.rows()), static_cast<std::uint32_t>(matrix.cols()), {}};
  factors.values.assign(matrix.data(), matrix.data() + matrix.size());
  return factors;
}

void normalise(std::span<float> vector) {
  float square = 0;
  for (const float value : vector) square += value * value;
  if (square <= 0) return;
  for (float& value : vector) value /= std::sqrt(square);
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_tag = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<' && text.find('>', i) != std::string_view::npos) in_tag = true;
    if (!in_tag && is_word_letter(text[i])) {
      word += text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
    } else {
      take_word(word, words);
    }
    if (text[i] == '>') in_tag = false;
  }
  take_word(word, words);
  return words;
}

Result<TextSpace> TextSpace::build(std::span<const std::string> texts, const TextSpaceParameters& parameters,
                                   const TrainingControl& control) {
  std::vector<std::vector<std::string>> words;
  for (const std::string& text : texts) words.push_back(words_of(text));
  TextSpace space;
  for (const auto& [word, count] : choose_terms(words, parameters.terms_max)) {
    space.terms_.add(word);
    space.rarity_.push_back(std::log((1 + static_cast<float>(texts.size())) / (1 + static_cast<float>(count))) + 1);
  }
  SparseRows rows;
  for (const auto& text : words) rows.push_back(weigh(text, space.terms_, space.rarity_));
  const SparseRows columns = transposed(rows, space.terms_.size());
  const auto terms = static_cast<Eigen::Index>(space.terms_.size());
  Matrix vectors(terms, std::min<Eigen::Index>(parameters.dimension, std::max<Eigen::Index>(1, terms)));
  Random random(parameters.seed);
  for (float& value : vectors.reshaped<Eigen::RowMajor>()) value = static_cast<float>(random.normal());
  for (std::uint32_t iteration = 0; iteration < parameters.iterations && terms > 0; ++iteration) {
    orthonormalise(vectors);
    vectors = product(columns, product(rows, vectors, control), control);
    if (control.stop.stop_requested()) return fail(ErrorKind::kConflict, "The training was stopped");
  }
  if (terms > 0) orthonormalise(vectors);
  space.term_vectors_ = factors_of(vectors);
  space.points_ = {0, space.term_vectors_.dimension, {}};
  for (const std::string& text : texts) space.add(text);
  return space;
}

std::vector<float> TextSpace::place(std::string_view text) const {
  std::vector<float> point(term_vectors_.dimension, 0);
  const std::vector<std::string> words = words_of(text);
  for (const Weighted& entry : weigh(words, terms_, rarity_)) {
    const auto vector = term_vectors_.of(entry.index);
    for (std::size_t d = 0; d < point.size(); ++d) point[d] += entry.weight * vector[d];
  }
  normalise(point);
  return point;
}

std::vector<Neighbour> TextSpace::nearest(std::span<const float> point, std::size_t limit) const {
  std::vector<float> cosines(points_.count);
  multiply(points_, point, cosines);
  std::vector<Neighbour> near;
  for (std::uint32_t text = 0; text < points_.count; ++text) {
    if (cosines[text] > 0) near.push_back({text, cosines[text], 1});
  }
  keep_best(near, limit);
  return near;
}

void TextSpace::add(std::string_view text) {
  const std::vector<float> point = place(text);
  points_.values.insert(points_.values.end(), point.begin(), point.end());
  ++points_.count;
}

void TextSpace::write(ModelFileWriter& writer) const {
  writer.add_vocabulary("text.terms", terms_);
  writer.add_numbers("text.rarity", std::span<const float>(rarity_));
  writer.add_numbers("text.term_vectors", std::span<const float>(term_vectors_.values));
  writer.add_numbers("text.points", std::span<const float>(points_.values));
}

Result<TextSpace> TextSpace::read(const ModelFileReader& reader, std::uint32_t count) {
  TextSpace space;
  space.terms_ = TRY(reader.vocabulary("text.terms"));
  space.rarity_ = TRY(reader.numbers<float>("text.rarity"));
  const std::uint32_t terms = space.terms_.size();
  space.term_vectors_ = { terms, 1, TRY(reader.numbers<float>("text.term_vectors")) };
  if (terms > 0) space.term_vectors_.dimension = static_cast<std::uint32_t>(space.term_vectors_.values.size() / terms);
  const std::uint32_t dimension = space.term_vectors_.dimension;
  space.points_ = { count, dimension, TRY(reader.numbers<float>("text.points")) };
  if (space.rarity_.size() != terms || space.term_vectors_.values.size() != std::size_t{terms} * dimension ||
      space.points_.values.size() != std::size_t{count} * dimension) {
    return damaged_model("text");
  }
  return space;
}

}  // namespace rapport::learn
