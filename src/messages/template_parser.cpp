#include <fmt/format.h>

#include <optional>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "messages/template_program.h"
#include "messages/template_scanner.h"

namespace rapport::messages {

namespace {

constexpr std::size_t kDepthMax = 32;

// The tag that ended a block.
struct Ending {
  enum class Kind { kEndOfTemplate, kElse, kElseIf, kClose } kind = Kind::kEndOfTemplate;
  std::size_t position = 0;
  std::string name;  // of kClose
  Node chained;      // of kElseIf: the condition, without its blocks
};

// Recursive descent over the template; one object a compilation.
class Parser {
 public:
  explicit Parser(std::string_view source) : scanner_(source) {}
  Result<Program> parse();

 private:
  enum class Trim { kNo, kYes };
  using MaybeEnding = std::optional<Ending>;

  Result<Ending> block(Block& into);
  void text(Block& into);
  Result<MaybeEnding> tag(Block& into);
  Status comment();
  Result<MaybeEnding> inner_tag(Block& into);
  Status print(Block& into, Node::Kind kind, std::string_view close);
  Status open_block(Block& into, Node::Kind unnamed);
  Status branches(Node& node, const std::string& name);
  Result<Node> block_head(std::string& name, Node::Kind unnamed);
  Status inline_partial();
  Status use_partial(Block& into);
  Result<Ending> close_tag();
  Result<Ending> else_tag();
  Status close(std::string_view brackets);

  bool at_end_of_call();
  Result<Expression> call_or_value();
  Status arguments(Expression& call);
  Result<Expression> value();
  std::optional<Expression> literal_word();
  Status check_call(const Expression& call, std::size_t position) const;
  Status resolve_partials(Block& nodes) const;

  Scanner scanner_;
  std::size_t depth_ = 0;
  Trim trim_next_ = Trim::kNo;
  std::vector<std::pair<std::string, std::size_t>> used_partials_;  // name and position, by Node::partial
  std::unordered_map<std::string, std::size_t> partial_places_;
  Program program_;
};

Result<Program> Parser::parse() {
  const Ending end = TRY(block(program_.body));
  if (end.kind != Ending::Kind::kEndOfTemplate) {
    return scanner_.error_at(end.position, "a closing tag or an else stands without its block");
  }
  TRY(resolve_partials(program_.body));
  for (Block& partial : program_.partials) TRY(resolve_partials(partial));
  return std::move(program_);
}

Result<Ending> Parser::block(Block& into) {
  while (!scanner_.at_end()) {
    text(into);
    if (scanner_.at_end()) break;
    auto ending = TRY(tag(into));
    if (ending) return *std::move(ending);
  }
  return Ending{.kind = Ending::Kind::kEndOfTemplate, .position = scanner_.position(), .name = {}, .chained = {}};
}

// Everything up to the next tag. `\{{` is a literal `{{`.
void Parser::text(Block& into) {
  std::string text;
  while (!scanner_.at_end()) {
    const std::string_view rest = scanner_.rest();
    const std::size_t open = std::min(rest.find("{{"), rest.size());
    const bool escaped = open > 0 && open < rest.size() && rest[open - 1] == '\\';
    text.append(rest.substr(0, escaped ? open - 1 : open));
    scanner_.skip(open);
    if (!escaped) break;
    text.append("{{");
    scanner_.skip(2);
  }
  if (trim_next_ == Trim::kYes) text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  trim_next_ = Trim::kNo;
  if (scanner_.rest().starts_with("{{~")) text.erase(text.find_last_not_of(" \t\r\n") + 1);
  if (text.empty()) return;
  Node node;
  node.text = std::move(text);
  into.push_back(std::move(node));
}

Status Parser::comment() {
  const std::string_view end = scanner_.accept("--") ? "--}}" : "}}";
  const std::size_t found = scanner_.rest().find(end);
  if (found == std::string_view::npos) return scanner_.error("a comment does not end");
  scanner_.skip(found + end.size());
  return {};
}

Result<Parser::MaybeEnding> Parser::tag(Block& into) {
  if (scanner_.accept("{{{")) {
    TRY(print(into, Node::Kind::kPrintRaw, "}}}"));
    return MaybeEnding();
  }
  scanner_.skip(2);
  scanner_.accept("~");
  if (scanner_.accept("!")) {
    TRY(comment());
    return MaybeEnding();
  }
  return inner_tag(into);
}

Result<Parser::MaybeEnding> Parser::inner_tag(Block& into) {
  scanner_.skip_blanks();
  if (scanner_.accept("/")) return TRY(close_tag());
  if (scanner_.accept("&")) {
    TRY(print(into, Node::Kind::kPrintRaw, "}}"));
  } else if (scanner_.accept(">")) {
    TRY(use_partial(into));
  } else if (scanner_.accept("#*")) {
    TRY(inline_partial());
  } else if (scanner_.accept("#")) {
    TRY(open_block(into, Node::Kind::kSection));
  } else if (scanner_.accept("^")) {
    scanner_.skip_blanks();
    if (scanner_.rest().starts_with("}}") || scanner_.rest().starts_with("~}}")) return TRY(else_tag());
    TRY(open_block(into, Node::Kind::kInverted));
  } else {
    const std::string_view rest = scanner_.rest();
    if (rest.starts_with("else") && rest.size() > 4 && std::string_view(" \t\r\n~}").contains(rest[4])) {
      scanner_.skip(4);
      return TRY(else_tag());
    }
    TRY(print(into, Node::Kind::kPrint, "}}"));
  }
  return MaybeEnding();
}

Status Parser::close(std::string_view brackets) {
  scanner_.skip_blanks();
  if (scanner_.accept("~")) trim_next_ = Trim::kYes;
  if (scanner_.accept(brackets)) return {};
  return scanner_.error(fmt::format("a tag must end with {} here", brackets));
}

Status Parser::print(Block& into, Node::Kind kind, std::string_view brackets) {
  Node node;
  node.kind = kind;
  node.expression = TRY(call_or_value());
  into.push_back(std::move(node));
  return close(brackets);
}

// The tag after `{{#` up to its brackets: what kind of block it is and what it is about.
Result<Node> Parser::block_head(std::string& name, Node::Kind unnamed) {
  scanner_.skip_blanks();
  const std::size_t start = scanner_.position();
  Node node;
  const Path path = TRY(scanner_.path());
  name = path.source;
  if (name == "each" || name == "with") {
    node.kind = name == "each" ? Node::Kind::kEach : Node::Kind::kWith;
    node.expression = TRY(value());
  } else {
    scanner_.rewind(start);
    node.expression = TRY(call_or_value());
    const bool call = node.expression.kind == Expression::Kind::kCall;
    node.kind = call && unnamed == Node::Kind::kSection ? Node::Kind::kCondition : unnamed;
  }
  TRY(close("}}"));
  return node;
}

Status Parser::open_block(Block& into, Node::Kind unnamed) {
  if (depth_ == kDepthMax) return scanner_.error("blocks are nested too deep");
  ++depth_;
  std::string name;
  Node node = TRY(block_head(name, unnamed));
  TRY(branches(node, name));
  into.push_back(std::move(node));
  --depth_;
  return {};
}

// The block's body and what follows its elses, up to its closing tag.
Status Parser::branches(Node& node, const std::string& name) {
  const std::size_t start = scanner_.position();
  Ending end = TRY(block(node.body));
  if (end.kind == Ending::Kind::kElseIf) {
    if (++depth_ > kDepthMax) return scanner_.error("an if has too many else-ifs");
    TRY(branches(end.chained, name));
    --depth_;
    node.otherwise.push_back(std::move(end.chained));
    return {};
  }
  if (end.kind == Ending::Kind::kElse) end = TRY(block(node.otherwise));
  if (end.kind == Ending::Kind::kEndOfTemplate) {
    return scanner_.error_at(start, fmt::format("a block has no closing tag, write {{{{/{}}}}}", name));
  }
  if (end.kind == Ending::Kind::kClose && end.name == name) return {};
  return scanner_.error_at(end.position, fmt::format("another tag is due here, write {{{{/{}}}}}", name));
}

Result<Ending> Parser::close_tag() {
  Ending ending;
  ending.kind = Ending::Kind::kClose;
  ending.position = scanner_.position();
  scanner_.skip_blanks();
  ending.name = TRY(scanner_.path())
  .source;
  TRY(close("}}"));
  return ending;
}

Result<Ending> Parser::else_tag() {
  Ending ending;
  ending.kind = Ending::Kind::kElse;
  ending.position = scanner_.position();
  scanner_.skip_blanks();
  if (scanner_.rest().starts_with("}}") || scanner_.rest().starts_with("~}}")) {
    TRY(close("}}"));
    return ending;
  }
  std::string name;
  ending.kind = Ending::Kind::kElseIf;
  ending.chained = TRY(block_head(name, Node::Kind::kSection));
  return ending;
}

Status Parser::inline_partial() {
  scanner_.skip_blanks();
  if (scanner_.word() != "inline") return scanner_.error("only `inline` may follow {{#*");
  scanner_.skip_blanks();
  if (!scanner_.rest().starts_with('"') && !scanner_.rest().starts_with('\'')) {
    return scanner_.error("an inline partial needs a quoted name");
  }
  const std::string name = TRY(scanner_.quoted());
  TRY(close("}}"));
  if (depth_ == kDepthMax) return scanner_.error("blocks are nested too deep");
  ++depth_;
  Node holder;
  TRY(branches(holder, "inline"));
  --depth_;
  partial_places_[name] = program_.partials.size();
  program_.partials.push_back(std::move(holder.body));
  return {};
}

Status Parser::use_partial(Block& into) {
  scanner_.skip_blanks();
  const std::size_t position = scanner_.position();
  const bool quotes = scanner_.rest().starts_with('"') || scanner_.rest().starts_with('\'');
  std::string name = quotes ? TRY(scanner_.quoted()) : TRY(scanner_.path())
  .source;
  Node node;
  node.kind = Node::Kind::kPartial;
  node.partial = used_partials_.size();
  used_partials_.emplace_back(std::move(name), position);
  into.push_back(std::move(node));
  return close("}}");
}

// Partials may be used before they are defined, so their places are known last.
Status Parser::resolve_partials(Block& nodes) const {
  for (Node& node : nodes) {
    TRY(resolve_partials(node.body));
    TRY(resolve_partials(node.otherwise));
    if (node.kind != Node::Kind::kPartial) continue;
    const auto& [name, position] = used_partials_[node.partial];
    const auto place = partial_places_.find(name);
    if (place == partial_places_.end()) {
      return scanner_.error_at(position, "no inline partial has this name: " + name);
    }
    node.partial = place->second;
  }
  return {};
}

bool Parser::at_end_of_call() {
  scanner_.skip_blanks();
  const std::string_view rest = scanner_.rest();
  return rest.empty() || rest.starts_with('}') || rest.starts_with(')') || rest.starts_with("~}");
}

// A function with arguments, or one value.
Result<Expression> Parser::call_or_value() {
  scanner_.skip_blanks();
  const std::size_t start = scanner_.position();
  Expression first = TRY(value());
  if (first.kind != Expression::Kind::kPath) return first;
  const Function* function = find_function(first.path.source);
  if (function == nullptr && at_end_of_call()) return first;
  if (function == nullptr) return scanner_.error_at(start, "there is no such function: " + first.path.source);
  Expression call;
  call.kind = Expression::Kind::kCall;
  call.function = function;
  TRY(arguments(call));
  TRY(check_call(call, start));
  return call;
}

Status Parser::arguments(Expression& call) {
  while (!at_end_of_call()) {
    Scanner ahead = scanner_;
    const std::string name(ahead.word());
    if (!name.empty() && ahead.accept("=")) {
      scanner_ = ahead;
      Expression named = TRY(value());
      call.names.push_back(name);
      call.named.push_back(std::move(named));
    } else {
      Expression argument = TRY(value());
      call.arguments.push_back(std::move(argument));
    }
  }
  return {};
}

Status Parser::check_call(const Expression& call, std::size_t position) const {
  const Function& function = *call.function;
  const std::size_t count = call.arguments.size();
  if (count >= function.arguments_min && count <= function.arguments_max) return {};
  return scanner_.error_at(position, fmt::format("{} takes {} to {} arguments, not {}", function.name,
                                                 function.arguments_min, function.arguments_max, count));
}

Result<Expression> Parser::value() {
  scanner_.skip_blanks();
  Expression expression;
  if (scanner_.accept("(")) {
    if (++depth_ > kDepthMax) return scanner_.error("function calls are nested too deep");
    expression = TRY(call_or_value());
    --depth_;
    scanner_.skip_blanks();
    if (!scanner_.accept(")")) return scanner_.error("a `(` has no `)`");
    return expression;
  }
  if (scanner_.rest().starts_with('"') || scanner_.rest().starts_with('\'')) {
    expression.kind = Expression::Kind::kText;
    expression.text = TRY(scanner_.quoted());
    return expression;
  }
  if (auto literal = literal_word()) return *std::move(literal);
  expression.kind = Expression::Kind::kPath;
  expression.path = TRY(scanner_.path());
  return expression;
}

// A number, true, false, null or undefined.
std::optional<Expression> Parser::literal_word() {
  Scanner ahead = scanner_;
  const std::string_view rest = scanner_.rest();
  const std::size_t length = std::min(rest.find_first_of(" \t\r\n(){}=~"), rest.size());
  const std::string_view word = rest.substr(0, length);
  Expression literal;
  const auto number = word.empty() || word.front() == '+' ? std::nullopt : parse_double(word);
  if (word == "true" || word == "false") {
    literal.kind = word == "true" ? Expression::Kind::kTrue : Expression::Kind::kFalse;
  } else if (number && (word.front() == '-' || (word.front() >= '0' && word.front() <= '9'))) {
    literal.kind = Expression::Kind::kNumber;
    literal.number = *number;
  } else if (word != "null" && word != "undefined") {
    return std::nullopt;
  }
  ahead.skip(length);
  scanner_ = ahead;
  return literal;
}

}  // namespace

Result<Program> parse_template(std::string_view source) {
  Program program = TRY(Parser(source).parse());
  program.reads = members_read_by(program);
  return program;
}

}  // namespace rapport::messages
