#include "learn/matrix_product.h"

#include <f77blas.h>

#include "base/check.h"

extern "C" void openblas_set_num_threads(int threads);

namespace rapport::learn {
namespace {

struct Size {
  std::size_t rows;
  std::size_t columns;
};

Size size_of(const MatrixView& view) {
  const std::size_t rows = view.values.size() / view.columns;
  return view.form == MatrixView::Form::kPlain ? Size{rows, view.columns} : Size{view.columns, rows};
}

char letter(const MatrixView& view) { return view.form == MatrixView::Form::kPlain ? 'N' : 'T'; }

}  // namespace

void multiply_matrices(const MatrixView& a, const MatrixView& b, std::span<float> product, Into into) {
  static const bool kAlone = (openblas_set_num_threads(1), true);  // our threads are the parallelism
  CHECK(kAlone && a.columns > 0 && b.columns > 0);
  const Size left = size_of(a);
  const Size right = size_of(b);
  CHECK(left.columns == right.rows && product.size() == left.rows * right.columns);
  if (product.empty()) return;
  // BLAS is column-major: the transposed product is b^T a^T.
  blasint m = static_cast<blasint>(right.columns);
  blasint n = static_cast<blasint>(left.rows);
  blasint k = static_cast<blasint>(left.columns);
  blasint b_stride = static_cast<blasint>(b.columns);
  blasint a_stride = static_cast<blasint>(a.columns);
  char b_form = letter(b);
  char a_form = letter(a);
  float one = 1;
  float keep = into == Into::kAdd ? 1 : 0;
  sgemm_(&b_form, &a_form, &m, &n, &k, &one, const_cast<float*>(b.values.data()), &b_stride,
         const_cast<float*>(a.values.data()), &a_stride, &keep, product.data(), &m);
}

}  // namespace rapport::learn
