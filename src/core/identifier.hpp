// What people type for a revision on Alembic's command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/revision_graph.hpp"

namespace migfix::core {

/// `label@`, a symbol, and a signed number, as in +1, -1, rev+2, label@+1, label@rev-1, head-1
/// (alembic.script.revision._relative_destination, which allows of symbols only \w).
struct RelativeIdentifier {
  std::optional<std::string> label;
  std::optional<std::string> symbol;
  std::int64_t distance = 0;  // huge numbers are cut to a billion
  std::string number;         // as typed: "+1"
};

/// Nothing if `text` has another form.
std::optional<RelativeIdentifier> parse_relative(std::string_view text);

/// The wording of "there are several heads" depends on the command.
struct Wording {
  bool is_stamp = false;
  std::string
      argument;  // named instead of the identifier itself where not empty (history names its range's end)
};

/// Identifiers of one graph. Throws core::Error with Alembic's own message where a user knows it from
/// there: 42704 "Can't locate revision identified by 'x'", 22023 for several heads and ambiguous or
/// impossible walks; detail says why, hint what is near.
class Identifiers {
 public:
  explicit Identifiers(const RevisionGraph &graph, Wording wording = {})
      : graph_(graph), wording_(std::move(wording)) {}

  /// head, heads, base, label@head, label@heads, label@base, a label, an id, a unique prefix (of a name of
  /// more than three characters), label@id: RevisionMap.get_revisions. Empty: base.
  std::vector<Node> revisions(std::string_view text) const;

  /// The same, where only one revision will do: RevisionMap.get_revision. Nothing: base.
  std::optional<Node> revision(std::string_view text) const;

  /// One id, label or prefix, that must share lineage with `branch` if one is given
  /// (RevisionMap._revision_for_ident).
  Node named(std::string_view name, std::optional<std::string_view> branch = std::nullopt) const;

  /// The revision that stands for a branch: one that carries the label, or an id or a prefix of either
  /// (RevisionMap._resolve_branch).
  Node branch(std::string_view name) const;

  /// Those of `nodes` that share lineage with what `against` names; all of them where it names base
  /// (RevisionMap.filter_for_lineage without dependencies).
  std::vector<Node> on_branch(const std::vector<Node> &nodes, std::string_view against) const;

  [[noreturn]] void cannot_locate(std::string_view name, std::string detail) const;

 private:
  struct Parts {
    std::optional<std::string_view> label;  // before the first @
    std::string_view rest;
  };
  static Parts split(std::string_view text);
  std::vector<Node> heads_on(std::optional<std::string_view> label) const;
  std::optional<Node> head_on(std::optional<std::string_view> label) const;
  [[noreturn]] void several_heads(const std::vector<Node> &heads, std::string_view argument) const;

  const RevisionGraph &graph_;
  Wording wording_;
};

/// Where a walk ended.
struct WalkEnd {
  enum class Kind { kRevision, kBase, kTooFar };
  Kind kind = Kind::kTooFar;
  Node node = 0;                  // where kind is kRevision
  std::optional<Node> last_node;  // the last revision that was met
};

/// `steps` up (positive) or down along down_revision from `start` (nothing: from below the bases, so only
/// up makes sense), up only through revisions that share lineage with `label`. RevisionMap._walk; throws
/// 22023 "Ambiguous walk" where it could go on in several ways.
WalkEnd walk(const RevisionGraph &graph, std::optional<Node> start, std::int64_t steps,
             std::optional<std::string_view> label);

/// What an identifier means as the target of a stamp.
struct Destination {
  std::string text;             // as typed
  std::vector<Node> revisions;  // empty: base
  std::optional<Node> branch;   // of label@base: the revision whose lineage is meant; nothing: all rows
};

/// Everything that Identifiers::revisions takes, and relative identifiers, which `alembic stamp` does not
/// know: as `alembic upgrade` and `downgrade` read them. `rows`: what is recorded now, as revisions, in
/// the table's order.
Destination resolve_destination(const RevisionGraph &graph, const std::vector<Node> &rows,
                                std::string_view text);

}  // namespace migfix::core
