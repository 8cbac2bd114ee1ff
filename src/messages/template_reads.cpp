#include "messages/template_reads.h"

#include <algorithm>

#include "messages/template_program.h"

namespace rapport::messages {
namespace {

void sort_out(std::vector<std::string>& names) {
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
}

class Reader {
 public:
  // `scopes` is how many blocks with a `this` of their own are around for certain.
  void block(const Block& nodes, std::size_t scopes) {
    for (const Node& node : nodes) {
      expression(node.expression, scopes);
      const bool has_scope = node.kind == Node::Kind::kEach || node.kind == Node::Kind::kWith;
      block(node.body, scopes + (has_scope ? 1 : 0));
      block(node.otherwise, scopes);
    }
  }

  MembersRead members() && {
    sort_out(read_.names);
    return std::move(read_);
  }

 private:
  void expression(const Expression& expression, std::size_t scopes) {
    if (expression.kind == Expression::Kind::kPath) path(expression.path, scopes);
    for (const Expression& argument : expression.arguments) this->expression(argument, scopes);
    for (const Expression& named : expression.named) this->expression(named, scopes);
  }

  void path(const Path& path, std::size_t scopes) {
    const bool is_of_endpoint =
        path.start == Path::Start::kScopes || path.start == Path::Start::kCurrent || path.start == Path::Start::kRoot;
    if (!is_of_endpoint) return;
    if (!path.steps.empty()) {
      read_.names.push_back(path.steps.front().name);
    } else if (path.start == Path::Start::kRoot || path.outwards >= scopes) {
      read_.all = true;
    }
  }

  MembersRead read_;
};

}  // namespace

void MembersRead::add(const MembersRead& others) {
  names.insert(names.end(), others.names.begin(), others.names.end());
  sort_out(names);
  all |= others.all;
}

MembersRead members_read_by(const Program& program) {
  Reader reader;
  reader.block(program.body, 0);
  for (const Block& partial : program.partials) reader.block(partial, 0);
  return std::move(reader).members();
}

}  // namespace rapport::messages
