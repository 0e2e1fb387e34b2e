#include "core/operation.hpp"

namespace migfix::core {

const char *operation_kind_name(OperationKind kind) {
  switch (kind) {
    case OperationKind::kCreateTable:
      return "create table";
    case OperationKind::kDropTable:
      return "drop table";
    case OperationKind::kRenameTable:
      return "rename table";
    case OperationKind::kAddColumn:
      return "add column";
    case OperationKind::kDropColumn:
      return "drop column";
    case OperationKind::kAlterColumn:
      return "alter column";
    case OperationKind::kCreateIndex:
      return "create index";
    case OperationKind::kDropIndex:
      return "drop index";
    case OperationKind::kAddConstraint:
      return "add constraint";
    case OperationKind::kDropConstraint:
      return "drop constraint";
    case OperationKind::kCreateType:
      return "create type";
    case OperationKind::kDropType:
      return "drop type";
    case OperationKind::kComment:
      return "comment";
    case OperationKind::kExecute:
      return "execute";
    case OperationKind::kData:
      return "data";
    case OperationKind::kOther:
      break;
  }
  return "other";
}

std::vector<std::string> statements_of(const std::vector<ScriptOperation> &operations, EnumMemo &memo) {
  std::vector<std::string> result;
  for (const ScriptOperation &operation : operations) {
    for (const OperationSql &statement : operation.sql) {
      if (statement.once.empty() || memo.insert(statement.once).second) result.push_back(statement.sql);
    }
  }
  return result;
}

}  // namespace migfix::core
