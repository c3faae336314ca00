#include <functional>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/hooks/store_engine.h"

namespace renal::hooks {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Verdict = FeedbackReceipt::Verdict;

constexpr std::int64_t kDay = std::int64_t{24} * 60 * 60 * 1000;

class StoreFeedbackTest : public StoreEngineTest {};
INSTANTIATE_TEST_SUITE_P(Engines, StoreFeedbackTest,
                         testing::Values(Engine::kSqlite, Engine::kPostgres), EngineName);

TEST_P(StoreFeedbackTest, WritesEveryFieldOfADecision) {
  ASSERT_TRUE(Commit(DecisionWith(1)));
  EXPECT_THAT(
      Query("SELECT id, decided_at, hook, hook_instance, service, client, tenant, pathway_url,"
            " pathway_version, pathway_hash, outcome, rules, patient_key, user_key, input_digest,"
            " inputs_digest, quieted, stored_at FROM decision"),
      ElementsAre(Row{"trace-1", "2026-03-02T10:00:00+01:00", "order-sign", "instance-1",
                      "service-1", "client-1", "tenant-1", "https://example.org/pathway", "1.0.0",
                      "sha256:00", "recommendation", "RULE-1 RULE-7", "patient-1", "user-1",
                      "body-1", "inputs-1", "2", std::to_string(kStart)}));
  EXPECT_THAT(Query("SELECT decision_id, ordinal, uuid, rule, focus, indicator, topic,"
                    " order_reference, order_action, order_verdict, order_code FROM card"),
              ElementsAre(Row{"trace-1", "0", Uuid(1), "RULE-1", "right", "warning", "RULE-1",
                              "ServiceRequest/draft-1", "action-a", "discordant", "system|code"}));
  EXPECT_EQ(One("SELECT length(card_key) FROM card"), "64");
  EXPECT_THAT(Query("SELECT decision_id, card_ordinal, ordinal, uuid FROM suggestion"),
              ElementsAre(Row{"trace-1", "0", "0", Uuid(1'000'001)}));
}

TEST_P(StoreFeedbackTest, StoresARecordOnceInOneGroupAndLater) {
  DecisionRecord other = DecisionWith(1);
  other.outcome = "need-data";
  other.cards.resize(3);  // none of them is added to the first record's
  ASSERT_TRUE(store().Enqueue(DecisionWith(1)));
  ASSERT_TRUE(store().Enqueue(other));
  ASSERT_TRUE(Commit(other));
  EXPECT_EQ(One("SELECT outcome FROM decision"), "recommendation");
  EXPECT_EQ(One("SELECT count(*) FROM card"), "1");
}

TEST_P(StoreFeedbackTest, WritesManyRecordsOfManySizes) {
  std::set<std::string> expected;
  for (int i = 0; i < 333; ++i) {
    DecisionRecord record = DecisionWith(i);
    record.cards.resize(static_cast<std::size_t>(i % 5), record.cards.front());
    for (const DecisionCard& card : record.cards) expected.insert(record.id + card.uuid);
    ASSERT_TRUE(store().Enqueue(std::move(record)));
  }
  ASSERT_TRUE(store().Flush(std::chrono::steady_clock::now() + std::chrono::seconds(60)));
  EXPECT_EQ(One("SELECT count(*) FROM decision"), "333");
  EXPECT_EQ(One("SELECT count(*) FROM card"), std::to_string(66 * 10 + 0 + 1 + 2));
}

TEST_P(StoreFeedbackTest, IsThereWhenItIsAcknowledged) {
  ASSERT_TRUE(store().Enqueue(DecisionWith(1)));
  ASSERT_TRUE(store().Enqueue(DecisionWith(2)));
  const FeedbackReceipt receipt = store().Take(PostOf({Override(1), Acceptance(2)}));
  EXPECT_EQ(receipt.verdict, Verdict::kStored);
  EXPECT_EQ(receipt.stored, 2U);
  EXPECT_EQ(receipt.repeated, 0U);
  EXPECT_THAT(receipt.unverified, IsEmpty());
  EXPECT_THAT(Query("SELECT received_at, client, tenant, service, card, outcome, outcome_at,"
                    " outcome_at_ms, user_comment FROM feedback ORDER BY card"),
              ElementsAre(Row{std::to_string(kStart), "client-1", "tenant-1", "service-1", Uuid(1),
                              "overridden", "2026-03-02T08:59:00Z", "1772441940000", "Later"},
                          Row{std::to_string(kStart), "client-1", "tenant-1", "service-1", Uuid(2),
                              "accepted", "2026-03-02T08:59:00Z", "1772441940000", ""}));
  EXPECT_THAT(Query("SELECT ordinal, code_system, code, display FROM feedback_reason"),
              ElementsAre(Row{"0", "https://example.org/reasons", "not-now", "Not now"}));
  EXPECT_THAT(Query("SELECT ordinal, uuid FROM feedback_suggestion"),
              ElementsAre(Row{"0", Uuid(1'000'002)}));
  EXPECT_THAT(Query("SELECT card, decision_id, rule, focus, order_reference, order_action,"
                    " pathway_version, pathway_hash, inputs_digest FROM verified_feedback"
                    " WHERE outcome = 'overridden'"),
              ElementsAre(Row{Uuid(1), "trace-1", "RULE-1", "right", "ServiceRequest/draft-1",
                              "action-a", "1.0.0", "sha256:00", "inputs-1"}));
}

TEST_P(StoreFeedbackTest, KeepsTextsThatLookLikeSql) {
  FeedbackItem item = Override(1);
  item.comment = "'); DROP TABLE feedback; -- \" :v0 $1 ?1 \\ \xC3\xA9";
  item.reasons = {{"", item.comment, ""}};
  ASSERT_EQ(store().Take(PostOf({item})).verdict, Verdict::kStored);
  EXPECT_EQ(One("SELECT user_comment FROM feedback"), item.comment);
  EXPECT_EQ(One("SELECT code FROM feedback_reason"), item.comment);
}

TEST_P(StoreFeedbackTest, StoresARepeatOnce) {
  ASSERT_TRUE(store().Enqueue(DecisionWith(1)));
  const FeedbackPost twice = PostOf({Override(1), Override(1)});
  FeedbackReceipt receipt = store().Take(twice);
  EXPECT_EQ(receipt.stored, 1U);
  EXPECT_EQ(receipt.repeated, 1U);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_EQ(store().Take(twice).verdict, Verdict::kStored); });
  }
  for (std::thread& thread : threads) thread.join();
  store_.reset();
  receipt = store().Take(twice);
  EXPECT_EQ(receipt.stored, 0U);
  EXPECT_EQ(receipt.repeated, 2U);
  EXPECT_EQ(One("SELECT count(*) FROM feedback"), "1");
}

TEST_P(StoreFeedbackTest, KeepsApartWhatDiffers) {
  const std::vector<std::function<void(FeedbackPost&)>> changes = {
      [](FeedbackPost&) {},
      [](FeedbackPost& post) { post.client = "client-2"; },
      [](FeedbackPost& post) { post.tenant = "tenant-2"; },
      [](FeedbackPost& post) { post.service = "service-2"; },
      [](FeedbackPost& post) { post.items[0].card = Uuid(2); },
      [](FeedbackPost& post) { post.items[0] = Acceptance(1); },
      [](FeedbackPost& post) { post.items[0].at = "2026-03-02T08:59:00.1Z"; },
      [](FeedbackPost& post) { post.items[0].reasons[0].code = "never"; },
      [](FeedbackPost& post) { post.items[0].reasons[0].system = ""; },
      [](FeedbackPost& post) { post.items[0].reasons.clear(); },
      [](FeedbackPost& post) { post.items[0].comment = "Much later"; },
      [](FeedbackPost& post) {
        post.items[0] = Acceptance(1);
        post.items[0].suggestions.push_back(Uuid(9));
      },
  };
  for (const auto& change : changes) {
    FeedbackPost post = PostOf({Override(1)});
    change(post);
    EXPECT_EQ(store().Take(std::move(post)).stored, 1U);
  }
  EXPECT_EQ(One("SELECT count(*) FROM feedback"), std::to_string(changes.size()));
}

TEST_P(StoreFeedbackTest, KeepsAndFlagsWhatIsNotAboutACardOfTheirs) {
  ASSERT_TRUE(Commit(DecisionWith(1)));
  const std::vector<std::function<void(FeedbackPost&)>> changes = {
      [](FeedbackPost& post) { post.client = "client-2"; },
      [](FeedbackPost& post) { post.tenant = ""; },
      [](FeedbackPost& post) { post.service = "service-2"; },
      [](FeedbackPost& post) { post.items[0].card = Uuid(2); },
  };
  for (const auto& change : changes) {
    FeedbackPost post = PostOf({Override(1), Override(1)});
    post.items[1].comment = "Another";
    change(post);
    const std::string second = post.items[1].card;
    const FeedbackReceipt receipt = store().Take(std::move(post));
    EXPECT_EQ(receipt.verdict, Verdict::kStored);
    EXPECT_EQ(receipt.unverified.front(), 0U);
  }
  EXPECT_EQ(One("SELECT count(*) FROM feedback"), "8");
  // Of the last change, the second item is about a card that was given.
  EXPECT_EQ(One("SELECT count(*) FROM verified_feedback"), "1");
}

TEST_P(StoreFeedbackTest, JoinsACardThatArrivesLater) {
  EXPECT_THAT(store().Take(PostOf({Override(1)})).unverified, ElementsAre(0U));
  EXPECT_THAT(Query("SELECT * FROM verified_feedback"), IsEmpty());
  EXPECT_EQ(store().Measure({}).value().Total().overridden, 0);
  ASSERT_TRUE(Commit(DecisionWith(1)));
  EXPECT_EQ(store().Measure({}).value().Total().overridden, 1);
  EXPECT_THAT(store().Take(PostOf({Override(1)})).unverified, IsEmpty());
}

FeedbackPost Unknown(int from, int count) {
  std::vector<FeedbackItem> items;
  for (int i = 0; i < count; ++i) items.push_back(Override(from + i));
  return PostOf(std::move(items));
}

TEST_P(StoreFeedbackTest, TakesAThousandUnknownCardsADayAndClient) {
  ASSERT_TRUE(Commit(DecisionWith(1)));
  EXPECT_EQ(store().Take(Unknown(10'000, 999)).verdict, Verdict::kStored);
  FeedbackReceipt receipt = store().Take(Unknown(20'000, 2));
  EXPECT_EQ(receipt.verdict, Verdict::kTooMany);
  EXPECT_EQ(receipt.stored, 0U);
  EXPECT_EQ(One("SELECT count(*) FROM feedback"), "999");
  EXPECT_EQ(store().Take(Unknown(20'000, 1)).verdict, Verdict::kStored);
  EXPECT_EQ(store().Take(Unknown(20'001, 1)).verdict, Verdict::kTooMany);
  // Neither repeats nor known cards are new unknown ones; but nothing of a post is stored alone.
  EXPECT_EQ(store().Take(Unknown(10'000, 999)).verdict, Verdict::kStored);
  EXPECT_EQ(store().Take(PostOf({Override(1)})).verdict, Verdict::kStored);
  EXPECT_EQ(store().Take(PostOf({Acceptance(1), Override(20'001)})).verdict, Verdict::kTooMany);
  EXPECT_EQ(One("SELECT count(*) FROM feedback"), "1001");
  FeedbackPost other = Unknown(20'001, 1);
  other.client = "client-2";
  EXPECT_EQ(store().Take(std::move(other)).verdict, Verdict::kStored);
  now_ += kDay;
  EXPECT_EQ(store().Take(Unknown(20'001, 1)).verdict, Verdict::kStored);
}

TEST_P(StoreFeedbackTest, StoresNothingOfAStrictPostWithAnUnknownCard) {
  ASSERT_TRUE(Commit(DecisionWith(1)));
  FeedbackPost post = PostOf({Override(1), Override(2)});
  post.strict = true;
  EXPECT_EQ(store().Take(post).verdict, Verdict::kUnknownCard);
  EXPECT_EQ(One("SELECT count(*) FROM feedback"), "0");
  post.items.pop_back();
  EXPECT_EQ(store().Take(post).verdict, Verdict::kStored);
}

TEST_P(StoreFeedbackTest, TakesAFullPost) {
  std::vector<FeedbackItem> items;
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_TRUE(store().Enqueue(DecisionWith(i)));
    items.push_back(i % 2 == 0 ? Override(i) : Acceptance(i));
  }
  ASSERT_TRUE(store().Flush(std::chrono::steady_clock::now() + std::chrono::seconds(60)));
  const FeedbackReceipt receipt = store().Take(PostOf(items));
  EXPECT_EQ(receipt.stored, 1'000U);
  EXPECT_THAT(receipt.unverified, IsEmpty());
  EXPECT_EQ(One("SELECT count(*) FROM verified_feedback"), "1000");
}

TEST_P(StoreFeedbackTest, SharesCommitsBetweenManyCallers) {
  Store& shared = store();
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&shared, t] {
      for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(shared.Take(PostOf({Override(t * 100 + i)})).verdict, Verdict::kStored);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(One("SELECT count(*) FROM feedback"), "160");
}

// ---- The quiet period ----

struct QuietCase {
  std::string_view name;
  std::function<void(FeedbackPost&)> feedback;
  std::function<void(DecisionRecord&)> next;
  std::int64_t later = 0;  // milliseconds
  bool quiet = false;
};

TEST_P(StoreFeedbackTest, QuietsWhatTheSameUserOverrodeOnTheSameData) {
  const auto keep = [](auto&) {};
  const auto card = [](auto change) {
    return [change](DecisionRecord& record) { change(record.cards[0]); };
  };
  const std::vector<QuietCase> cases = {
      {"Same", keep, keep, 0, true},
      {"AtTheEnd", keep, keep, kDay - 60'000, true},
      {"AfterTheEnd", keep, keep, kDay - 60'000 + 1, false},
      {"AnotherTenant", keep, [](DecisionRecord& next) { next.tenant = "tenant-2"; }},
      {"AnotherClient", keep, [](DecisionRecord& next) { next.client = "client-2"; }},
      {"NoClient", keep, [](DecisionRecord& next) { next.client = ""; }},
      {"AnotherUser", keep, [](DecisionRecord& next) { next.user_key = "user-2"; }},
      {"NoUser", keep, [](DecisionRecord& next) { next.user_key = ""; }},
      {"AnotherPatient", keep, [](DecisionRecord& next) { next.patient_key = "patient-2"; }},
      {"AnotherPathway", keep, [](DecisionRecord& next) { next.pathway_hash = "sha256:01"; }},
      {"OtherData", keep, [](DecisionRecord& next) { next.inputs_digest = "inputs-2"; }},
      {"AnotherRule", keep, card([](DecisionCard& next) { next.rule = "RULE-2"; })},
      {"AnotherFocus", keep, card([](DecisionCard& next) { next.focus = "left"; })},
      {"AnotherOrder", keep, card([](DecisionCard& next) { next.order.code = "system|other"; })},
      {"AnotherHook", keep, [](DecisionRecord& next) { next.hook = "order-select"; }, 0, true},
      {"AnotherBody", keep, [](DecisionRecord& next) { next.input_digest = "body-2"; }, 0, true},
      {"NoReason", [](FeedbackPost& post) { post.items[0].reasons.clear(); }, keep},
      {"Accepted", [](FeedbackPost& post) { post.items[0].outcome = FeedbackOutcome::kAccepted; },
       keep},
      {"Unverified", [](FeedbackPost& post) { post.service = "service-2"; }, keep},
      {"OldOutcome", [](FeedbackPost& post) { post.items[0].at_ms = kStart - kDay - 1; }, keep},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const QuietCase& row = cases[i];
    SCOPED_TRACE(row.name);
    now_ = kStart;
    const int number = static_cast<int>(i) + 1;
    DecisionRecord first = DecisionWith(number);
    first.patient_key = first.patient_key + std::string(row.name);
    ASSERT_TRUE(Commit(first));
    FeedbackPost post = PostOf({Override(number)});
    row.feedback(post);
    ASSERT_EQ(store().Take(post).verdict, Verdict::kStored);
    now_ += row.later;
    DecisionRecord next = first;
    next.id = "next";
    next.cards[0].uuid = Uuid(500'000);
    row.next(next);
    EXPECT_THAT(store().QuietCards(next, hours(24)), ElementsAre(row.quiet));
  }
}

TEST_P(StoreFeedbackTest, QuietsSomeCardsOfADecision) {
  DecisionRecord record = DecisionWith(1);
  for (int i = 1; i < 30; ++i) {
    record.cards.push_back(record.cards.front());
    record.cards.back().uuid = Uuid(100 + i);
    record.cards.back().rule = "RULE-" + std::to_string(100 + i);
  }
  ASSERT_TRUE(Commit(record));
  ASSERT_EQ(store().Take(PostOf({Override(105), Override(129)})).stored, 2U);
  std::vector<bool> expected(30, false);
  expected[5] = expected[29] = true;
  EXPECT_EQ(store().QuietCards(record, hours(24)), expected);
  EXPECT_THAT(store().QuietCards({}, hours(24)), IsEmpty());
}

// ---- What the console looks up ----

TEST_P(StoreFeedbackTest, TellsWhichVersionsAnswered) {
  EXPECT_THAT(store().Versions().value(), IsEmpty());
  DecisionRecord quiet = DecisionWith(2);
  quiet.cards.clear();
  ASSERT_TRUE(Commit(DecisionWith(1)));
  now_ = kStart + kDay;
  ASSERT_TRUE(Commit(quiet));
  now_ = kStart + 2 * kDay;
  DecisionRecord newer = DecisionWith(3);
  newer.pathway_version = "1.1.0";
  newer.pathway_hash = "sha256:11";
  ASSERT_TRUE(Commit(newer));
  const std::vector<ServedVersion> versions = store().Versions().value();
  ASSERT_THAT(versions, SizeIs(2));
  EXPECT_EQ(versions[0].version, "1.1.0");
  EXPECT_EQ(versions[0].hash, "sha256:11");
  EXPECT_EQ(versions[1].version, "1.0.0");
  EXPECT_EQ(versions[1].first, kStart);
  EXPECT_EQ(versions[1].last, kStart + kDay);
  EXPECT_EQ(versions[1].calls, 2);
  EXPECT_EQ(versions[1].cards, 1);
  EXPECT_EQ(VersionsJson({versions[1]}),
            R"({"versions":[{"url":"https://example.org/pathway","version":"1.0.0",)"
            R"("hash":"sha256:00","first":"2026-03-02T09:00:00Z","last":"2026-03-03T09:00:00Z",)"
            R"("calls":2,"cards":1}]})");
}

TEST_P(StoreFeedbackTest, TellsWhatBecameOfACard) {
  EXPECT_EQ(StoredCardJson(store().StoredOf(Uuid(1)).value()), R"({"known":false,"feedback":[]})");
  ASSERT_TRUE(Commit(DecisionWith(1)));
  ASSERT_TRUE(Commit(DecisionWith(2)));
  ASSERT_EQ(store().Take(PostOf({Override(1)})).verdict, Verdict::kStored);
  FeedbackPost foreign = PostOf({Acceptance(1)});
  foreign.client = "client-2";
  ASSERT_EQ(store().Take(foreign).verdict, Verdict::kStored);
  EXPECT_EQ(StoredCardJson(store().StoredOf(Uuid(1)).value()),
            R"({"known":true,"rule":"RULE-1","service":"service-1","version":"1.0.0",)"
            R"("hash":"sha256:00","shown":"2026-03-02T09:00:00Z","feedback":[)"
            R"({"outcome":"overridden","outcomeTimestamp":"2026-03-02T08:59:00Z",)"
            R"("received":"2026-03-02T09:00:00Z"}]})");
  EXPECT_THAT(store().StoredOf(Uuid(2)).value().feedback, IsEmpty());
  EXPECT_FALSE(store().StoredOf("' OR 1 = 1 --").value().known);
}

// ---- Measures ----

TEST_P(StoreFeedbackTest, CountsEveryCardOnce) {
  const auto decide = [&](int number, const std::string& rule, const std::string& client) {
    DecisionRecord record = DecisionWith(number);
    record.cards[0].rule = rule;
    record.client = client;
    ASSERT_TRUE(store().Enqueue(record));
  };
  for (int i = 1; i <= 4; ++i) decide(i, "B", "client-1");
  decide(5, "A", "client-1");
  decide(6, "A", "client-2");
  FeedbackItem again = Override(2);
  again.reasons = {{"", "other", ""}, {"https://example.org/reasons", "not-now", "Not now"}};
  again.at = "2026-03-02T08:59:30Z";
  // Card 1: overridden, then accepted. Card 2: overridden twice. Card 6 is another client's.
  ASSERT_EQ(
      store()
          .Take(PostOf({Override(1), Acceptance(1), Override(2), again, Override(3), Override(6)}))
          .stored,
      6U);
  const Measures measures = store().Measure({}).value();
  ASSERT_THAT(measures.rules, SizeIs(3));
  EXPECT_EQ(measures.rules[0].rule, "A");
  EXPECT_EQ(measures.rules[0].client, "client-1");
  EXPECT_EQ(measures.rules[1].client, "client-2");
  EXPECT_EQ(measures.rules[1].cards.overridden, 0);
  const RuleMeasure& b = measures.rules[2];
  EXPECT_EQ(b.rule, "B");
  EXPECT_EQ(b.service, "service-1");
  EXPECT_EQ(b.cards.shown, 4);
  EXPECT_EQ(b.cards.accepted, 1);
  EXPECT_EQ(b.cards.overridden, 2);
  EXPECT_EQ(b.cards.without_feedback(), 1);
  ASSERT_THAT(b.reasons, SizeIs(2));
  EXPECT_EQ(b.reasons[0].code, "not-now");
  EXPECT_EQ(b.reasons[0].count, 3);  // cards 1, 2 and 3
  EXPECT_EQ(b.reasons[1].code, "other");
  EXPECT_EQ(b.reasons[1].count, 1);
  EXPECT_EQ(measures.Total().shown, 6);
}

TEST_P(StoreFeedbackTest, CountsAPeriodAndAClient) {
  const auto time = [](std::int64_t milliseconds) {
    return MeasureQuery::Time(std::chrono::milliseconds(milliseconds));
  };
  for (int i = 0; i < 3; ++i) {
    DecisionRecord record = DecisionWith(i);
    if (i == 2) record.client = "client-2";
    ASSERT_TRUE(Commit(record));
    now_ += 1'000;
  }
  ASSERT_EQ(store().Take(PostOf({Override(0), Override(1)})).stored, 2U);
  const auto shown = [&](const MeasureQuery& query) {
    const CardCounts total = store().Measure(query).value().Total();
    return std::pair(total.shown, total.overridden);
  };
  EXPECT_EQ(shown({}), std::pair(3L, 2L));
  EXPECT_EQ(shown({.from = time(kStart + 1'000)}), std::pair(2L, 1L));
  EXPECT_EQ(shown({.from = time(kStart + 1'001)}), std::pair(1L, 0L));
  EXPECT_EQ(shown({.to = time(kStart + 1'000)}), std::pair(1L, 1L));
  EXPECT_EQ(shown({.to = time(kStart + 1'001)}), std::pair(2L, 2L));
  EXPECT_EQ(shown({.client = "client-2"}), std::pair(1L, 0L));
  EXPECT_EQ(shown({.client = ""}), std::pair(0L, 0L));
}

TEST_P(StoreFeedbackTest, ReportsBesideARunningStoreAndAfterIt) {
  ASSERT_TRUE(Commit(DecisionWith(1)));
  EXPECT_EQ(MeasureAt(target(), {}).value().Total().shown, 1);
  store_.reset();
  EXPECT_EQ(MeasureAt(target(), {}).value().Total().shown, 1);
}

// ---- Tokens ----

TEST_P(StoreFeedbackTest, LetsATokenBeUsedOnce) {
  const std::chrono::sys_seconds ends = In(60);
  EXPECT_EQ(store().InsertToken({"issuer-1", "id-1", ends}), TokenVerdict::kFirst);
  EXPECT_EQ(store().InsertToken({"issuer-1", "id-1", ends}), TokenVerdict::kSeen);
  EXPECT_EQ(store().InsertToken({"issuer-2", "id-1", ends}), TokenVerdict::kFirst);
  EXPECT_EQ(store().InsertToken({"issuer-1", "id-2", ends}), TokenVerdict::kFirst);
  store_.reset();
  EXPECT_EQ(store().InsertToken({"issuer-1", "id-1", ends}), TokenVerdict::kSeen);
  EXPECT_EQ(One("SELECT count(*) FROM token"), "3");
}

TEST_P(StoreFeedbackTest, LetsATokenBeUsedAgainInTheSameExchangeAlone) {
  const std::chrono::sys_seconds ends = In(60);
  const TokenUse use{"issuer", "id", ends, "exchange-1"};
  EXPECT_EQ(store().InsertToken(use), TokenVerdict::kFirst);
  EXPECT_EQ(store().InsertToken(use), TokenVerdict::kFirst);
  EXPECT_EQ(store().InsertToken({"issuer", "id", ends, "exchange-2"}), TokenVerdict::kSeen);
  EXPECT_EQ(store().InsertToken({"issuer", "id", ends}), TokenVerdict::kSeen);
  EXPECT_EQ(store().InsertToken({"issuer", "other", ends}), TokenVerdict::kFirst);
  EXPECT_EQ(store().InsertToken({"issuer", "other", ends, "exchange-1"}), TokenVerdict::kSeen);
  EXPECT_EQ(One("SELECT count(*) FROM token"), "2");
}

TEST_P(StoreFeedbackTest, LetsOneOfManyUseAToken) {
  const std::chrono::sys_seconds ends = In(60);
  std::atomic<int> first = 0, seen = 0;
  Store& shared = store();
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      const TokenVerdict verdict = shared.InsertToken({"issuer", "id", ends});
      first += verdict == TokenVerdict::kFirst ? 1 : 0;
      seen += verdict == TokenVerdict::kSeen ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(seen, 7);
}

TEST_P(StoreFeedbackTest, ForgetsTokensThatHaveEnded) {
  const auto ended = In(-5), lives = In(300);
  ASSERT_EQ(store().InsertToken({"issuer", "ended", ended}), TokenVerdict::kFirst);
  ASSERT_EQ(store().InsertToken({"issuer", "lives", lives}), TokenVerdict::kFirst);
  store_.reset();  // another one looks for those that have ended at once
  ASSERT_EQ(store().InsertToken({"issuer", "next", lives}), TokenVerdict::kFirst);
  EXPECT_EQ(One("SELECT count(*) FROM token"), "2");
  EXPECT_EQ(store().InsertToken({"issuer", "lives", lives}), TokenVerdict::kSeen);
}

TEST_P(StoreFeedbackTest, LooksForTokensThatHaveEndedAgainAndAgain) {
  if (GetParam() == Engine::kPostgres) GTEST_SKIP() << "the clock of the database goes by itself";
  ASSERT_EQ(store().InsertToken({"issuer", "short", In(5)}), TokenVerdict::kFirst);
  now_ = kStart + 20'000;
  ASSERT_EQ(store().InsertToken({"issuer", "next", In(50)}), TokenVerdict::kFirst);
  EXPECT_EQ(One("SELECT count(*) FROM token"), "1");
}

}  // namespace
}  // namespace renal::hooks
