#include "core/verification.hpp"

#include <fmt/format.h>

#include "core/comparison.hpp"
#include "core/definition_line.hpp"
#include "core/sql_text.hpp"
#include "core/dependence.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

using State = VerifiedObject::State;

constexpr std::size_t kMostDifferences = 10;

class Verifier {
 public:
  Verifier(const RevisionGraph &graph, const StatementsOf &statements, const SchemaHistory &expected,
           const SchemaHistory &all, const SchemaModel &real)
      : graph_(graph), statements_(statements), expected_(expected), all_(all), real_(real) {}

  std::vector<VerifiedObject> verify() {
    for (const auto &[id, object] : expected_.model().objects()) judge(id, object);
    for (const auto &[id, object] : real_.objects())
      if (expected_.model().find(id) == nullptr) judge_unexplained(id, object);
    for (const SchemaHistory::Opaqueness &opaque : expected_.opaque()) add_opaque(opaque);
    return std::move(verified_);
  }

 private:
  void judge(const ObjectId &id, const Object &object) {
    const Object *real = real_.find(id);
    if (real == nullptr && !object.certain) return;
    VerifiedObject verified;
    verified.id = id;
    verified.revision = expected_.chain(id)->back().by.revision;
    verified.definition = definition_line(object);
    if (real == nullptr) {
      verified.state = State::kMissing;
      if (const auto whole = table_with(id, object); whole && real_.find(*whole) == nullptr)
        verified.detail = "its table is missing";
    } else {
      std::vector<std::string> said;
      std::vector<std::string> uncertain;
      for (const Difference &difference : compare(object, *real))
        (difference.uncertain ? uncertain : said)
            .push_back(difference.uncertain ? difference.field : difference.said);
      verified.state = said.empty() ? State::kPresent : State::kDifferent;
      verified.detail = list_of(said, kMostDifferences);
      if (!uncertain.empty()) {
        if (!said.empty()) verified.detail += "; ";
        verified.detail += fmt::format("{} could not be compared", list_of(uncertain, kMostDifferences));
      }
    }
    verified_.push_back(std::move(verified));
  }

  // Schemas and extensions are made for a database, not by its migrations alone.
  static bool needs_no_reason(ObjectKind kind) {
    return kind == ObjectKind::kSchema || kind == ObjectKind::kExtension;
  }

  void judge_unexplained(const ObjectId &id, const Object &object) {
    if (needs_no_reason(id.kind)) return;
    if (const auto whole = table_with(id, object); whole && expected_.model().find(*whole) == nullptr) return;
    VerifiedObject verified;
    verified.id = id;
    verified.state = State::kUnexplained;
    verified.definition = definition_line(object);
    if (const auto *chain = expected_.chain(id)) {
      verified.revision = chain->back().by.revision;
      verified.detail = fmt::format("revision {} takes it away", clipped(graph_.id(*verified.revision)));
    } else if (const auto *later = all_.chain(id)) {
      verified.revision = later->front().by.revision;
      verified.detail = fmt::format("revision {} makes it, which is not among these",
                                    clipped(graph_.id(*verified.revision)));
    }
    verified_.push_back(std::move(verified));
  }

  void add_opaque(const SchemaHistory::Opaqueness &opaque) {
    VerifiedObject verified;
    verified.state = State::kOpaque;
    verified.revision = opaque.step.revision;
    const RevisionStatement &statement = statements_[opaque.step.revision][opaque.step.statement];
    verified.detail = opaque.why;
    if (statement.line != 0) verified.detail += fmt::format(" (line {})", statement.line);
    verified_.push_back(std::move(verified));
  }

  const RevisionGraph &graph_;
  const StatementsOf &statements_;
  const SchemaHistory &expected_;
  const SchemaHistory &all_;
  const SchemaModel &real_;
  std::vector<VerifiedObject> verified_;
};

}  // namespace

const char *state_name(VerifiedObject::State state) {
  switch (state) {
    case State::kPresent:
      return "present";
    case State::kMissing:
      return "missing";
    case State::kDifferent:
      return "different";
    case State::kUnexplained:
      return "unexplained";
    case State::kOpaque:
      return "opaque";
  }
  return "";
}

std::vector<VerifiedObject> verify(const RevisionGraph &graph, const StatementsOf &statements,
                                   const SchemaHistory &expected, const SchemaHistory &all,
                                   const SchemaModel &real) {
  return Verifier(graph, statements, expected, all, real).verify();
}

}  // namespace migfix::core
