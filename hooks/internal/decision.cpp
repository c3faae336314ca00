#include "hooks/internal/decision.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>
#include <tuple>

#include "fhir/digest.h"

namespace renal::hooks::internal {
namespace {

using pathways::Evidence;
using pathways::InputState;
using pathways::OrderVerdict;
using pathways::Outcome;

// A code that is longer, or has characters that no code has, is kept as its digest.
constexpr std::size_t kMaxCode = 256;

/// "system|code" of the first coding of what is ordered; empty where there is none.
std::string CodeOf(const fhir::Json& order) {
  for (const char* name :
       {"code", "medicationCodeableConcept", "codeCodeableConcept", "productCodeableConcept"}) {
    for (const fhir::Json::Entry coding : order[name]["coding"]) {
      const std::string_view code = coding.value["code"].string();
      if (code.empty()) continue;
      std::string text = std::string(coding.value["system"].string()) + "|" + std::string(code);
      const bool clean = text.size() <= kMaxCode && std::ranges::all_of(text, [](char c) {
                           return std::isgraph(static_cast<unsigned char>(c)) != 0;
                         });
      return clean ? text : "sha256:" + fhir::Sha256Hex(text);
    }
  }
  return {};
}

DecidedOrder OrderOf(const cards::Card& card, const Outcome& outcome) {
  const auto order = std::ranges::find(outcome.orders, card.order, &OrderVerdict::reference);
  if (card.order.empty() || order == outcome.orders.end()) return {};
  const bool named = order->action != pathways::kNone;
  return {.reference = card.order,
          .action = named ? outcome.pathway->actions[order->action].id : std::string(),
          .verdict = pathways::Spelling(order->verdict),
          .code = CodeOf(order->resource)};
}

DecisionCard CardOf(const cards::Card& card, const Outcome& outcome) {
  DecisionCard kept{.uuid = card.uuid,
                    .rule = card.rule,
                    .focus = card.focus,
                    .indicator = cards::Spelling(card.indicator),
                    .order = OrderOf(card, outcome)};
  // The topic of a card is the rule that leads it, as the client can read it, so that clients
  // remember overrides by rule.
  if (card.source.topic) kept.topic = card.source.topic->code;
  for (const cards::Suggestion& suggestion : card.suggestions) {
    kept.suggestions.push_back(suggestion.uuid);
  }
  return kept;
}

/// Texts one after the other, each behind its length, so that no two lists of them give the same
/// bytes.
class Listed {
 public:
  Listed() : bytes_(kRoom, '\0') {}

  void Add(std::string_view text) {
    MakeRoom(text.size() + kMostOfLength);
    char* const at = bytes_.data() + size_;
    char* end = PutLength(text.size(), at);
    end = std::copy(text.begin(), text.end(), end);
    size_ += static_cast<std::size_t>(end - at);
  }

  /// What AddInput() adds behind the name of an input without a value, most of which are unknown
  /// for the same reason: copied from the one before.
  void AddWithoutValue(const InputState& state) {
    if (state.status != status_ || state.reason != reason_ || tail_size_ == 0) {
      const std::size_t at = size_;
      for (const char* text :
           {pathways::Spelling(state.status), pathways::Spelling(state.reason)}) {
        Add(text);
      }
      Add({});
      Add({});
      status_ = state.status;
      reason_ = state.reason;
      tail_ = at;
      tail_size_ = size_ - at;
      return;
    }
    MakeRoom(tail_size_);
    std::copy_n(bytes_.data() + tail_, tail_size_, bytes_.data() + size_);
    size_ += tail_size_;
  }

  std::string_view bytes() const { return std::string_view(bytes_).substr(0, size_); }

 private:
  static constexpr std::size_t kRoom = 8192;        // most decisions fit
  static constexpr std::size_t kMostOfLength = 21;  // 20 digits and a colon

  // Nearly all have one digit or two.
  static char* PutLength(std::size_t length, char* at) {
    if (length >= 100) {
      at = std::to_chars(at, at + kMostOfLength, length).ptr;
    } else {
      if (length >= 10) *at++ = static_cast<char>('0' + length / 10);
      *at++ = static_cast<char>('0' + length % 10);
    }
    *at++ = ':';
    return at;
  }

  void MakeRoom(std::size_t more) {
    if (bytes_.size() - size_ < more) bytes_.resize(2 * bytes_.size() + more);
  }

  std::string bytes_;
  std::size_t size_ = 0;
  pathways::InputStatus status_ = pathways::InputStatus::kUnknown;
  pathways::UnknownReason reason_ = pathways::UnknownReason::kAbsent;
  std::size_t tail_ = 0;
  std::size_t tail_size_ = 0;
};

/// What a value rests on, in the same order however it came.
void AddEvidence(const std::vector<Evidence>& from, Listed& texts) {
  std::vector<const Evidence*> sorted;
  sorted.reserve(from.size());
  for (const Evidence& each : from) sorted.push_back(&each);
  const auto key = [](const Evidence* each) {
    return std::tie(each->reference, each->time, each->value);
  };
  std::ranges::sort(sorted, {}, key);
  for (const Evidence* each : sorted) {
    for (const std::string* text : {&each->reference, &each->time, &each->value}) texts.Add(*text);
  }
}

// What an input is and rests on; not how old that is, which changes while the data do not.
void AddInput(const pathways::Input& input, const InputState& state, Listed& texts) {
  texts.Add(input.name);
  const bool bare = !state.value && !state.stale && state.status != pathways::InputStatus::kKnown;
  if (bare) return texts.AddWithoutValue(state);
  texts.Add(pathways::Spelling(state.status));
  texts.Add(pathways::Spelling(state.reason));
  texts.Add(state.stale ? "stale" : "");
  texts.Add(state.value ? pathways::ValueText(input, *state.value) : std::string());
  if (state.status == pathways::InputStatus::kKnown) AddEvidence(state.from, texts);
}

/// Of every result, shown or not, in its order; each once.
std::string RulesOf(const Outcome& outcome) {
  std::vector<std::string_view> rules;
  std::string text;
  for (const pathways::Recommendation& result : outcome.recommendations) {
    if (std::ranges::find(rules, result.rule) != rules.end()) continue;
    rules.push_back(result.rule);
    text.append(text.empty() ? "" : " ").append(result.rule);
  }
  return text;
}

std::string DigestOfInputs(const Outcome& outcome) {
  const std::vector<pathways::Input>& inputs = outcome.pathway->inputs;
  Listed texts;
  for (std::size_t i = 0; i < outcome.patient_inputs.size() && i < inputs.size(); ++i) {
    AddInput(inputs[i], outcome.patient_inputs[i], texts);
  }
  const std::size_t foci = std::min(outcome.foci.size(), outcome.focus_inputs.size());
  for (std::size_t focus = 0; focus < foci; ++focus) {
    texts.Add(outcome.foci[focus].key);
    const std::vector<InputState>& states = outcome.focus_inputs[focus];
    for (std::size_t i = 0; i < states.size() && i < inputs.size(); ++i) {
      AddInput(inputs[i], states[i], texts);
    }
  }
  return fhir::Sha256Hex(texts.bytes());
}

}  // namespace

DecisionRecord DecisionOf(const HookRequest& request, const Outcome& outcome,
                          const cards::Response& answer) {
  DecisionRecord record{.id = outcome.trace_id,
                        .at = outcome.evaluated_at,
                        .hook = request.hook,
                        .hook_instance = request.hook_instance,
                        .pathway_url = outcome.pathway->url,
                        .pathway_version = outcome.pathway->version,
                        .pathway_hash = outcome.pathway->hash,
                        .outcome = pathways::Spelling(outcome.kind),
                        .rules = RulesOf(outcome),
                        .inputs_digest = DigestOfInputs(outcome)};
  for (const cards::Card& card : answer.cards) record.cards.push_back(CardOf(card, outcome));
  return record;
}

}  // namespace renal::hooks::internal
