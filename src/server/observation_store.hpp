// migfix.observed_revision: what revisions did where they ran.
#pragma once

#include "core/environment.hpp"
#include "core/observed_revision.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

struct StoredObservation {
  core::ObservedRevision revision;
  bool imported = false;  // from another database; else it ran here
  bool outdated = false;  // other statements were loaded since from where those of then came: they count
};

/// All of an environment, by id. Whoever asks; what is done with it is for the caller to guard.
std::vector<StoredObservation> read_observations(const std::string &environment);

/// The revisions that were observed, and what each follows, with none of the rest. Those of which the latter
/// is not known follow nothing here.
std::vector<core::Revision> observed_places(const std::string &environment);

enum class Observed { kAdded, kReplaced, kUnchanged, kKept };

/// Writes one, with the rights of the table's owner. Of those that ran here, `kKept`: another database's was
/// imported, and stays; or another session writes it at the moment, or the transaction could not see that.
Observed store_observation(const std::string &environment, const core::ObservedRevision &revision,
                           bool imported);

/// Takes one out, or all where `revision` is nothing; says how many.
std::uint64_t forget_observations(const std::string &environment, const std::optional<std::string> &revision);

}  // namespace migfix::server
