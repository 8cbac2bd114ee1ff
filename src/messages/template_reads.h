#pragma once

#include <string>
#include <vector>

namespace rapport::messages {

struct Program;

// Which members of the endpoint a template may read: the names its variables begin with, rising and each once; all
// there are when one is the endpoint itself (`this` outside all blocks, `@root`).
struct MembersRead {
  std::vector<std::string> names;
  bool all = false;

  void add(const MembersRead& others);
};

MembersRead members_read_by(const Program& program);

}  // namespace rapport::messages
