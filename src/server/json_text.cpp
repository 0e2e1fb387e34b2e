#include <charconv>

#include "server/json_text.hpp"

#include "core/json_members.hpp"
#include "core/sql_text.hpp"
#include "core/utf8.hpp"
#include "server/server_version.hpp"

extern "C" {
#include "common/jsonapi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonfuncs.h"
}

namespace migfix::server {

namespace {

constexpr int kDeepest = 50;

// What the server's parser meets, one after the other; in the memory of the caller.
struct Event {
  enum Kind { kObject, kArray, kEnd, kName, kText, kNumber, kTrue, kFalse, kNull } kind;
  char *text;
};

struct Events {
  Event *items;
  int count;
  int room;
};

void note(void *state, Event::Kind kind, char *text) {
  auto *events = static_cast<Events *>(state);
  if (events->count == events->room) {
    events->room *= 2;
    events->items = static_cast<Event *>(repalloc_huge(events->items, sizeof(Event) * events->room));
  }
  events->items[events->count++] = {kind, text};
}

JsonNoted begin_object(void *state) {
  note(state, Event::kObject, nullptr);
  return json_noted();
}
JsonNoted begin_array(void *state) {
  note(state, Event::kArray, nullptr);
  return json_noted();
}
JsonNoted end_any(void *state) {
  note(state, Event::kEnd, nullptr);
  return json_noted();
}
JsonNoted begin_member(void *state, char *name, bool) {
  note(state, Event::kName, name);
  return json_noted();
}
JsonNoted scalar(void *state, char *token, JsonTokenType type) {
  switch (type) {
    case JSON_TOKEN_STRING:
      note(state, Event::kText, token);
      break;
    case JSON_TOKEN_NUMBER:
      note(state, Event::kNumber, token);
      break;
    case JSON_TOKEN_TRUE:
      note(state, Event::kTrue, nullptr);
      break;
    case JSON_TOKEN_FALSE:
      note(state, Event::kFalse, nullptr);
      break;
    default:
      note(state, Event::kNull, nullptr);
      break;
  }
  return json_noted();
}

// Runs inside call().
Events *events_of(const char *json, int length) {
  auto *events = static_cast<Events *>(palloc(sizeof(Events)));
  events->count = 0;
  events->room = 256;
  events->items = static_cast<Event *>(palloc(sizeof(Event) * events->room));
  text *value = cstring_to_text_with_len(json, length);
  JsonLexContext *lexer = json_lexer(value);
  JsonSemAction actions = {};
  actions.semstate = events;
  actions.object_start = begin_object;
  actions.object_end = end_any;
  actions.array_start = begin_array;
  actions.array_end = end_any;
  actions.object_field_start = begin_member;
  actions.scalar = scalar;
  pg_parse_json_or_ereport(lexer, &actions);
  return events;
}

std::int64_t whole_number(const char *text) {
  std::int64_t number = 0;
  const char *end = text + strlen(text);
  const auto [rest, error] = std::from_chars(text, end, number);
  if (error != std::errc() || rest != end)
    core::refuse_json("number " + core::clipped(text), "it must be a whole one of 64 bits");
  return number;
}

class Builder {
 public:
  explicit Builder(const Events &events) : events_(events) {}

  core::Json build() {
    if (++depth_ > kDeepest) core::refuse_json("the document", "it is nested too deep");
    const Event &event = next();
    core::Json json;
    switch (event.kind) {
      case Event::kObject:
        json = members();
        break;
      case Event::kArray: {
        core::Json::List list;
        while (peek().kind != Event::kEnd) list.push_back(build());
        next();
        json = std::move(list);
        break;
      }
      case Event::kText:
        json = std::string(event.text);
        break;
      case Event::kNumber:
        json = whole_number(event.text);
        break;
      case Event::kTrue:
      case Event::kFalse:
        json = event.kind == Event::kTrue;
        break;
      default:
        break;
    }
    --depth_;
    return json;
  }

 private:
  const Event &peek() const { return events_.items[at_]; }
  const Event &next() {
    check_for_interrupts();
    return events_.items[at_++];
  }

  core::Json members() {
    core::Json::Members members;
    std::unordered_set<std::string> names;
    while (peek().kind != Event::kEnd) {
      std::string name(next().text);
      if (!names.insert(name).second)
        core::refuse_json("an object", core::in_quotes(core::clipped(name)) + " is there twice");
      core::Json value = build();
      members.emplace_back(std::move(name), std::move(value));
    }
    next();
    return members;
  }

  const Events &events_;
  int at_ = 0;
  int depth_ = 0;
};

class Writer {
 public:
  Writer() {
    call([&] { initStringInfo(&buffer_); });
  }

  void write(const core::Json &json, int level) {
    if (const auto *list = std::get_if<core::Json::List>(&json.value)) return write_list(*list, level);
    if (const auto *members = std::get_if<core::Json::Members>(&json.value))
      return write_members(*members, level);
    if (const auto *text = std::get_if<std::string>(&json.value)) return quote(*text);
    if (const auto *number = std::get_if<std::int64_t>(&json.value)) return add(std::to_string(*number));
    if (const auto *flag = std::get_if<bool>(&json.value)) return add(*flag ? "true" : "false");
    add("null");
  }

  std::string take() const { return {buffer_.data, static_cast<std::size_t>(buffer_.len)}; }

 private:
  void add(const std::string &text) {
    const char *bytes = text.data();
    const int length = static_cast<int>(text.size());
    call([&] { appendBinaryStringInfo(&buffer_, bytes, length); });
  }

  void quote(const std::string &text) {
    const char *bytes = text.c_str();
    call([&] { escape_json(&buffer_, bytes); });
  }

  void new_line(int level) { add('\n' + std::string(static_cast<std::size_t>(level), ' ')); }

  static bool is_plain(const core::Json &json) {
    return !std::holds_alternative<core::Json::List>(json.value) &&
           !std::holds_alternative<core::Json::Members>(json.value);
  }

  void write_list(const core::Json::List &list, int level) {
    const bool in_one_line = std::all_of(list.begin(), list.end(), is_plain);
    add("[");
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) add(in_one_line ? ", " : ",");
      if (!in_one_line) new_line(level + 1);
      write(list[i], level + 1);
    }
    if (!in_one_line) new_line(level);
    add("]");
  }

  void write_members(const core::Json::Members &members, int level) {
    const bool in_one_line =
        members.size() <= 6 && std::all_of(members.begin(), members.end(),
                                           [](const auto &member) { return is_plain(member.second); });
    add("{");
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0) add(in_one_line ? ", " : ",");
      if (!in_one_line) new_line(level + 1);
      quote(members[i].first);
      add(": ");
      write(members[i].second, level + 1);
    }
    if (!in_one_line) new_line(level);
    add("}");
  }

  StringInfoData buffer_{};
};

}  // namespace

core::Json parse_json(const std::string &text) {
  const char *json = text.c_str();
  const int length = static_cast<int>(text.size());
  const Events *events = call([&] { return events_of(json, length); });
  return Builder(*events).build();
}

std::string json_text(const core::Json &json) {
  Writer writer;
  writer.write(json, 0);
  return writer.take();
}

}  // namespace migfix::server
