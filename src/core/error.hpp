// The one exception of the core: what PostgreSQL will say to the client.
#pragma once

#include <array>
#include <exception>
#include <string>
#include <utility>

namespace migfix::core {

/// An error with its five-character SQLSTATE, and message, detail and hint in PostgreSQL's own style
/// (the message without a final full stop, detail and hint as sentences). Empty: not given.
class Error : public std::exception {
 public:
  Error(const char (&sqlstate)[6], std::string message, std::string detail = {}, std::string hint = {})
      : message_(std::move(message)), detail_(std::move(detail)), hint_(std::move(hint)) {
    for (std::size_t i = 0; i < 6; ++i) sqlstate_[i] = sqlstate[i];
  }

  const char *what() const noexcept override { return message_.c_str(); }
  const char *sqlstate() const noexcept { return sqlstate_.data(); }
  const std::string &message() const noexcept { return message_; }
  const std::string &detail() const noexcept { return detail_; }
  const std::string &hint() const noexcept { return hint_; }

 private:
  std::array<char, 6> sqlstate_{};
  std::string message_;
  std::string detail_;
  std::string hint_;
};

// SQLSTATEs that the core raises; names as in PostgreSQL's errcodes.txt.
inline constexpr char kUniqueViolation[6] = "23505";
inline constexpr char kNotNullViolation[6] = "23502";
inline constexpr char kCheckViolation[6] = "23514";
inline constexpr char kInvalidParameterValue[6] = "22023";
inline constexpr char kNullValueNotAllowed[6] = "22004";
inline constexpr char kStringDataRightTruncation[6] = "22001";
inline constexpr char kObjectNotInPrerequisiteState[6] = "55000";
inline constexpr char kUndefinedObject[6] = "42704";
inline constexpr char kUndefinedTable[6] = "42P01";
inline constexpr char kUndefinedColumn[6] = "42703";
inline constexpr char kDatatypeMismatch[6] = "42804";
inline constexpr char kWrongObjectType[6] = "42809";
inline constexpr char kInsufficientPrivilege[6] = "42501";
inline constexpr char kInvalidSchemaName[6] = "3F000";
inline constexpr char kProgramLimitExceeded[6] = "54000";
inline constexpr char kRaiseException[6] = "P0001";

}  // namespace migfix::core
