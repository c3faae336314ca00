#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hooks/store.h"

/// Digests that stand for several texts together: 64 hexadecimal digits.
namespace renal::hooks::internal {

/// Of a list of texts; each counts with its length, so that no two lists give the same bytes.
std::string KeyOf(const std::vector<std::string_view>& parts);

/// Two cards have the same key if they tell the same user the same thing about the same order of
/// the same patient, with the same pathway on the same data.
std::string CardKey(const DecisionRecord& record, const DecisionCard& card);

/// Two items have the same key if they are one report, sent twice: client, tenant, service, card,
/// outcome, time, suggestions and reason are the same.
std::string FeedbackKey(const FeedbackPost& post, const FeedbackItem& item);

/// Of a token, by its issuer and id.
std::string TokenKey(const TokenUse& use);

/// Of TokenUse::exchange; no UUID is one.
std::string ExchangeKey(std::string_view exchange);

}  // namespace renal::hooks::internal
