#include "core/offline_sql.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::string_view kArrow = " -> ";
constexpr std::size_t kMostNamed = 100;  // problems of a kind that are named one by one
// An id may hold so many commas itself; beyond, finding out would take too long.
constexpr int kMostCommas = 16;

const char kRightCommand[] =
    "What \"alembic upgrade base:heads --sql\" prints is needed; \"2>alembic.log\" behind it keeps its log "
    "apart.";

Error no_output(std::size_t log_lines, const std::string &failure) {
  std::string detail = "No line of it begins with \"-- Running upgrade\".";
  if (log_lines > 0)
    detail = "It holds lines of Alembic's log, but none that begins with \"-- Running upgrade\".";
  if (!failure.empty()) detail += fmt::format(" Alembic stopped: {}", failure);
  return {kInvalidParameterValue, "the text is no output of \"alembic upgrade --sql\"", detail,
          std::string(kRightCommand) + " The files of the revisions themselves are for migfix_load_scripts."};
}

Error refusal(OfflineMarker::Kind kind, std::string_view marker, std::uint32_t line) {
  const bool is_stamp = kind == OfflineMarker::Kind::kStamp;
  return {kInvalidParameterValue,
          is_stamp ? "the text is a stamp script, which does not tell what revisions do"
                   : "the text is a downgrade script, which does not tell what an upgrade does",
          fmt::format("Line {} reads: {}", line, marker), kRightCommand};
}

bool has_control(const std::string &id) {
  return std::any_of(id.begin(), id.end(), [](unsigned char c) { return c < ' ' || c == 127; });
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\f\n") == std::string_view::npos;
}

std::string_view from_to(std::string_view begin, std::string_view end) {
  return {begin.data(), static_cast<std::size_t>(end.data() + end.size() - begin.data())};
}

}  // namespace

const char *offline_problem_kind_name(OfflineProblemKind kind) {
  switch (kind) {
    case OfflineProblemKind::kBrokenOff:
      return "broken off";
    case OfflineProblemKind::kInvalid:
      return "invalid";
    case OfflineProblemKind::kSyntax:
      return "syntax";
    case OfflineProblemKind::kNotSql:
      return "not SQL";
    case OfflineProblemKind::kNotice:
      return "notice";
  }
  return "";
}

// The ids in "a, b". An id that holds a comma itself is known from its own marker.
std::vector<std::string> OfflineSqlReader::parents_of(std::string_view names) const {
  std::vector<std::string> parents;
  for (;;) {
    const std::size_t first = names.find(", ");
    std::size_t end = first;
    const auto is_known = [&] { return known_.contains(std::string(names.substr(0, end))); };
    for (int i = 0; knows_comma_ && i < kMostCommas && end != std::string_view::npos && !is_known(); ++i)
      end = names.find(", ", end + 1);
    if (knows_comma_ && !is_known()) end = first;
    parents.emplace_back(names.substr(0, end));
    if (end == std::string_view::npos) return parents;
    names.remove_prefix(end + 2);
  }
}

OfflineSqlReader::Segment OfflineSqlReader::segment_of(const OfflineMarker &marker, std::string_view comment,
                                                       std::uint32_t line) const {
  Segment segment;
  segment.kind = marker.kind;
  segment.marker = comment;
  segment.line = line;
  const std::string_view names = marker.names;
  if (names.starts_with("-> ")) {
    segment.revision = names.substr(3);
    return segment;
  }
  const std::size_t arrow = names.find(kArrow);  // no id holds one: Alembic allows no "-"
  segment.parents = parents_of(names.substr(0, arrow));
  if (arrow != std::string_view::npos) segment.revision = names.substr(arrow + kArrow.size());
  return segment;
}

bool OfflineSqlReader::comment(std::string_view comment, std::uint32_t line) {
  const auto marker = read_offline_marker(comment);
  if (!marker) return false;
  settle();
  if (marker->kind != OfflineMarker::Kind::kUpgrade && open_.empty())
    throw refusal(marker->kind, comment, line);
  saw_marker_ = true;
  saw_quote_ = saw_quote_ || marker->names.find('\'') != std::string_view::npos;
  open_.push_back(segment_of(*marker, comment, line));
  if (marker->kind == OfflineMarker::Kind::kUpgrade)
    open_ids_.emplace(open_.back().revision, open_.size() - 1);
  return true;
}

std::size_t OfflineSqlReader::take(std::string_view rest, std::uint32_t line) {
  const std::string_view text = line_at(rest, 0);
  if (is_log_line(text)) {
    if (log_lines_++ == 0) log_line_ = line;
    if (text.starts_with("ERROR")) log_error_ = text;
    return next_line(rest, 0);
  }
  if (is_failure_line(text)) {
    failure_ = last_line(rest);
    failure_line_ = line;
    return rest.size();
  }
  if (text.starts_with('\\')) {
    problem(OfflineProblemKind::kNotSql, open_revision(), line,
            fmt::format("a command of psql, passed over: {}", text));
    return next_line(rest, 0);
  }
  if (!saw_quote_) return 0;
  auto write = read_version_line(text);
  if (!write) return 0;
  SqlPiece statement;
  statement.kind = SqlPiece::Kind::kVersionWrite;
  statement.text = text.substr(0, text.rfind(';'));
  statement.line = line;
  statement.write = std::move(*write);
  statement.operation = OperationKind::kData;
  statement.object = statement.write.table;
  piece(std::move(statement));
  return next_line(rest, 0);
}

void OfflineSqlReader::piece(SqlPiece piece) {
  if (piece.kind == SqlPiece::Kind::kBegin || piece.kind == SqlPiece::Kind::kCommit) {
    in_transaction_ = piece.kind == SqlPiece::Kind::kBegin;
    if (in_transaction_) begin_line_ = piece.line;
    return;
  }
  if (!piece.ended) {
    cut_ = std::move(piece);
    return;
  }
  if (piece.kind == SqlPiece::Kind::kUnreadable)
    problem(OfflineProblemKind::kSyntax, open_revision(), piece.error_line, piece.reason);
  if (!open_.empty())
    open_.back().pieces.push_back({std::move(piece), in_transaction_});
  else if (piece.kind == SqlPiece::Kind::kCreateVersionTable)
    rows_known_ = true;
  else if (piece.kind != SqlPiece::Kind::kDropTable)
    outside(piece);
}

void OfflineSqlReader::stray_line(std::string_view text, std::uint32_t line) {
  problem(OfflineProblemKind::kNotSql, open_revision(), line, fmt::format("no SQL, passed over: {}", text));
}

std::size_t OfflineSqlReader::recovery_point(std::string_view unreadable) const {
  std::string_view before = line_at(unreadable, 0);
  for (std::size_t begin = next_line(unreadable, 0); begin < unreadable.size();
       begin = next_line(unreadable, begin)) {
    const std::string_view line = line_at(unreadable, begin);
    if (read_offline_marker(line)) return begin;
    if (const auto write = read_version_line(line)) {
      const bool is_delete = write->kind == VersionWrite::Kind::kDelete;
      if (is_delete ? rows_.contains(write->from) : open_ids_.contains(write->to)) return begin;
    }
    // A comment at the end of what op.execute() was given hides the semicolon that Alembic puts behind it.
    if (is_blank(line) && before.ends_with(';') && before.find("--") != std::string_view::npos) return begin;
    before = line;
  }
  return 0;
}

void OfflineSqlReader::stop(std::uint32_t line) {
  stopped_ = line;
}

void OfflineSqlReader::outside(const SqlPiece &piece) {
  if (piece.kind == SqlPiece::Kind::kUnreadable) return;  // said already
  if (outside_++ == 0) outside_line_ = piece.line;
}

void OfflineSqlReader::problem(OfflineProblemKind kind, const std::string &revision, std::uint32_t line,
                               std::string reason) {
  std::size_t *count = kind == OfflineProblemKind::kNotSql   ? &not_sql_
                       : kind == OfflineProblemKind::kSyntax ? &syntax_errors_
                                                             : nullptr;
  if (count != nullptr && ++*count > kMostNamed) return;
  result_.problems.push_back({kind, revision, line, std::move(reason)});
}

std::string OfflineSqlReader::open_revision() const {
  return open_.empty() ? std::string() : open_.front().revision;
}

// A marker may be a comment of a body, and a body may write to the version table: the last segment's last
// write that records a revision whose marker is open says to which marker everything up to it belongs.
void OfflineSqlReader::settle() {
  if (open_.empty()) return;
  const auto &pieces = open_.back().pieces;
  const auto owner = [&]() -> std::optional<std::size_t> {
    for (auto open = pieces.rbegin(); open != pieces.rend(); ++open) {
      if (open->piece.kind != SqlPiece::Kind::kVersionWrite) continue;
      const auto found = open_ids_.find(open->piece.write.to);
      if (open->piece.write.kind != VersionWrite::Kind::kDelete && found != open_ids_.end())
        return found->second;
    }
    return std::nullopt;
  }();
  if (!owner) return;
  for (std::size_t i = 0; i < *owner; ++i) {
    if (open_[i].kind == OfflineMarker::Kind::kUpgrade) give_up(open_[i], "no statement records it");
  }
  merge_from(*owner);
  close(open_[*owner]);
  open_.clear();
  open_ids_.clear();
}

// The markers behind the segment `index` are comments: each belongs to the statement that follows it.
void OfflineSqlReader::merge_from(std::size_t index) {
  Segment &segment = open_[index];
  std::optional<std::string_view> comment;
  for (std::size_t i = index + 1; i < open_.size(); ++i) {
    if (!comment) comment = open_[i].marker;
    for (OpenPiece &open : open_[i].pieces) {
      if (comment) {
        open.piece.text = from_to(*comment, open.piece.text);
        open.piece.line = open_[i].line;
        comment.reset();
      }
      segment.pieces.push_back(std::move(open));
    }
  }
}

void OfflineSqlReader::close(Segment &segment) {
  auto &pieces = segment.pieces;
  const auto records = [&](const OpenPiece &open) {
    const VersionWrite &write = open.piece.write;
    return open.piece.kind == SqlPiece::Kind::kVersionWrite && write.kind != VersionWrite::Kind::kDelete &&
           write.to == segment.revision;
  };
  std::size_t last = pieces.size() - 1;
  while (!records(pieces[last])) --last;
  const VersionWrite write = pieces[last].piece.write;

  // HeadMaintainer.update_to_step: an INSERT alone, or DELETEs of all but one of the rows that the revision
  // follows, then an UPDATE of that one.
  std::vector<std::string> gone;
  std::size_t end = last;
  if (write.kind == VersionWrite::Kind::kUpdate) {
    gone.push_back(write.from);
    for (; end > 0; --end) {
      const SqlPiece &before = pieces[end - 1].piece;
      if (before.kind != SqlPiece::Kind::kVersionWrite || before.write.kind != VersionWrite::Kind::kDelete ||
          before.write.table != write.table || (rows_known_ && !rows_.contains(before.write.from)))
        break;
      gone.push_back(before.write.from);
    }
  }

  OfflineRevision revision;
  revision.line = segment.line;
  revision.revision.revision = segment.revision;
  revision.revision.down_revision = segment.parents;
  std::sort(gone.begin(), gone.end());
  for (const std::string &row : gone) {
    rows_.erase(row);
    if (row != segment.revision &&
        std::find(segment.parents.begin(), segment.parents.end(), row) == segment.parents.end())
      revision.revision.depends_on.push_back(row);
  }
  rows_.insert(segment.revision);
  known_.insert(segment.revision);
  knows_comma_ = knows_comma_ || segment.revision.find(", ") != std::string::npos;

  if (has_control(segment.revision) ||
      std::any_of(segment.parents.begin(), segment.parents.end(), has_control)) {
    problem(OfflineProblemKind::kInvalid, {}, segment.line,
            "not loaded: one of its names holds a control character");
    return;
  }
  if (result_.version_table.empty()) result_.version_table = write.table;
  if (result_.version_table != write.table) {
    problem(OfflineProblemKind::kNotice, segment.revision, pieces[last].piece.line,
            fmt::format("recorded in {}, others in {}", write.table, result_.version_table));
  }
  revision.statements.reserve(end);
  for (std::size_t i = 0; i < end; ++i) {
    SqlPiece &piece = pieces[i].piece;
    revision.statements.push_back({piece.text, piece.line, pieces[i].in_transaction, piece.operation,
                                   std::move(piece.object), std::move(piece.reason)});
  }
  for (std::size_t i = last + 1; i < pieces.size(); ++i) {
    const SqlPiece &piece = pieces[i].piece;
    const bool is_table = piece.write.table == write.table;
    if (is_table && piece.kind == SqlPiece::Kind::kCreateVersionTable)
      rows_.clear();  // the output of another run follows
    else if (!is_table || piece.kind != SqlPiece::Kind::kDropTable)
      outside(piece);
  }
  result_.revisions.push_back(std::move(revision));
}

std::string OfflineSqlReader::why_cut_off() const {
  if (stopped_ != 0) return "so much cannot be parsed that the text was not read to its end";
  const std::string &said = failure_.empty() ? log_error_ : failure_;
  if (!said.empty()) return fmt::format("Alembic stopped there: {}", said);
  const std::string where = cut_ ? fmt::format("within the statement on line {}", cut_->line)
                                 : std::string("before the statement that records the revision");
  return fmt::format(
      "the text ends {}; it was cut off, or Alembic stopped with an error, as it does where a migration "
      "reads "
      "from the database",
      where);
}

void OfflineSqlReader::give_up(const Segment &segment, const std::string &why) {
  problem(OfflineProblemKind::kBrokenOff, segment.revision, segment.line, "not loaded: " + why);
}

OfflineSql OfflineSqlReader::finish() {
  settle();
  if (!saw_marker_) throw no_output(log_lines_, failure_.empty() ? log_error_ : failure_);
  const bool is_open = !open_.empty();
  std::vector<OfflineProblem> notes;
  // Of several the first: what looks like a marker behind it is as likely a comment of its body.
  if (is_open) give_up(open_.front(), why_cut_off());
  if (stopped_ != 0) {
    notes.push_back({OfflineProblemKind::kSyntax,
                     {},
                     stopped_,
                     "so much cannot be parsed that the text was not read from here on"});
  } else if (!is_open && !failure_.empty()) {
    problem(OfflineProblemKind::kBrokenOff, {}, failure_line_, fmt::format("Alembic stopped: {}", failure_));
  } else if (!is_open && in_transaction_) {
    problem(
        OfflineProblemKind::kBrokenOff, {}, begin_line_,
        "the transaction that begins here has no COMMIT: the text was cut off, and revisions may be missing");
  } else if (!is_open && cut_) {
    stray_line(cut_->text, cut_->line);
  }
  for (const auto &[kind, count] : {std::pair(OfflineProblemKind::kSyntax, syntax_errors_),
                                    std::pair(OfflineProblemKind::kNotSql, not_sql_)}) {
    if (count > kMostNamed) notes.push_back({kind, {}, 0, fmt::format("and {} more", count - kMostNamed)});
  }
  if (log_lines_ > 0) {
    notes.push_back(
        {OfflineProblemKind::kNotSql,
         {},
         log_line_,
         fmt::format("{} of Alembic's log among the SQL from here on, passed over; \"2>alembic.log\" "
                     "keeps them apart",
                     count_of(log_lines_, "line"))});
  }
  if (outside_ > 0) {
    notes.push_back(
        {OfflineProblemKind::kNotice,
         {},
         outside_line_,
         fmt::format("{} of no revision, before the first one or behind a version statement; the first "
                     "stands here",
                     count_of(outside_, "statement"))});
  }
  std::move(notes.begin(), notes.end(), std::back_inserter(result_.problems));
  return std::move(result_);
}

}  // namespace migfix::core
