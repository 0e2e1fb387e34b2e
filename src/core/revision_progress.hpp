// How far revisions have got, statement by statement, as far as a schema shows it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "core/schema_history.hpp"

namespace migfix::core {

/// What a schema shows of one statement.
enum class Progress : std::uint8_t {
  kNone,   // it touches no object
  kDone,   // its objects stand as it leaves them, or as later statements do
  kToDo,   // they stand as they did before it
  kMixed,  // some are this way, some that, or they differ from both
};

struct RevisionProgress {
  std::vector<Progress> statements;
  std::size_t last_done = 0;    // 1 + index; 0: none
  std::size_t first_to_do = 0;  // 1 + index; 0: none
  bool is_recorded = false;     // by the rows
  bool is_logged = false;       // it was recorded at some time; it may have been taken back since
  /// An object stands just as it did before the revision (not because the table that it belongs to is gone),
  /// and nothing that came after is there.
  bool is_denied = false;
  bool is_followed = false;    // something that came after is there
  bool is_built_upon = false;  // all of a later revision is there
  bool is_invisible = false;   // none of its statements touches an object
  bool is_awaited = false;     // a later revision is to be run

  bool is_untouched() const { return last_done == 0; }
  bool is_complete() const { return first_to_do == 0; }
  /// What stands in front of the break was run, what stands behind it was not.
  bool broke_off() const { return last_done < first_to_do; }

  /// Whether what no schema shows of it has run.
  enum class Unseen : std::uint8_t {
    kHasRun,   // it is recorded, or was and all of it is there
    kAssumed,  // nobody has recorded it, but all of it that can be seen, or of what came after it, is there
    kHasNot,   // nothing of it is there, nor of what comes after
    kSome,     // as far as the break
    kDoubtful,
  };
  Unseen unseen() const;
};

/// The revisions of `history` in the schema `real`, which has to stay as it is for as long as this is asked.
/// `recorded`: what the rows stand for, `logged`: what the log has seen recorded, both with ancestors.
class Progresses {
 public:
  Progresses(const RevisionGraph &graph, const StatementsOf &statements, const SchemaHistory &history,
             const NodeSet &recorded, const NodeSet &logged, const SchemaModel &real);

  RevisionProgress of(Node revision) const;

 private:
  using Step = SchemaHistory::Step;
  struct Counts {
    std::size_t done = 0;
    std::size_t seen = 0;       // of those: objects that are there
    std::size_t to_do = 0;      // stand as the statement found them
    std::size_t denied = 0;     // of those: not because their table is gone
    std::size_t lost = 0;       // stand as they did earlier still
    std::size_t elsewhere = 0;  // stand in no state that the chain has
  };
  /// States of a chain, from the one that makes the object to the one that takes it away.
  struct Passing {
    const SchemaHistory::State *first;
    const SchemaHistory::State *last;
  };

  void place(const ObjectId &id, const SchemaHistory::Chain &chain, const SchemaHistory &history,
             const SchemaModel &real);
  void place_passing();
  void find_seen();
  Progress of(const Step &step) const;

  const RevisionGraph &graph_;
  const StatementsOf &statements_;
  const NodeSet &recorded_;
  const NodeSet &logged_;
  std::map<Step, Counts> counts_;
  std::vector<Passing> passing_;
  NodeSet followed_;    // revisions above which something is there
  NodeSet built_upon_;  // those above which one is complete
  NodeSet awaited_;     // those above which one has statements to run
};

}  // namespace migfix::core
