// Functions of lesser roles, which a superuser must not call unawares.
#pragma once

namespace migfix::server {

/// For as long as it lives no function whose owner is no superuser is called with the rights of one: the call
/// is refused (42501). A trigger, a CHECK, a default, an index or an operator of a lesser role would else do
/// what it likes where a superuser has migfix run a statement that comes across it. What runs with other
/// rights than a superuser's is left alone, a SECURITY DEFINER function of that role too. Functions in C and
/// PostgreSQL's own are never asked: no such role can have made them. Needs the hooks of the function
/// manager, which every function that is looked up pays for; outside of this object's life they are as they
/// were.
class NoCodeOfOthers {
 public:
  NoCodeOfOthers() noexcept;
  ~NoCodeOfOthers();
  NoCodeOfOthers(const NoCodeOfOthers &) = delete;
  NoCodeOfOthers &operator=(const NoCodeOfOthers &) = delete;

  /// Fires the triggers that statements have deferred, if the role is a superuser: at commit nobody watches
  /// them. To be called at the end of what ran statements. Throws PgError.
  void fire_deferred() const;
};

}  // namespace migfix::server
