CREATE TABLE decision (
 id TEXT NOT NULL PRIMARY KEY, decided_at TEXT NOT NULL, hook TEXT NOT NULL,
 hook_instance TEXT NOT NULL, service TEXT NOT NULL, client TEXT NOT NULL,
 pathway_url TEXT NOT NULL, pathway_version TEXT NOT NULL, pathway_hash TEXT NOT NULL,
 outcome TEXT NOT NULL, patient_key TEXT NOT NULL, input_digest TEXT NOT NULL);
CREATE INDEX decision_by_time ON decision (decided_at);
CREATE TABLE card (
 decision_id TEXT NOT NULL REFERENCES decision (id) ON DELETE CASCADE,
 ordinal INTEGER NOT NULL, uuid TEXT NOT NULL, rule TEXT NOT NULL,
 indicator TEXT NOT NULL, topic TEXT NOT NULL, order_reference TEXT NOT NULL,
 order_action TEXT NOT NULL, order_verdict TEXT NOT NULL,
 PRIMARY KEY (decision_id, ordinal));
CREATE INDEX card_by_uuid ON card (uuid);
CREATE TABLE suggestion (
 decision_id TEXT NOT NULL, card_ordinal INTEGER NOT NULL, ordinal INTEGER NOT NULL,
 uuid TEXT NOT NULL, PRIMARY KEY (decision_id, card_ordinal, ordinal),
 FOREIGN KEY (decision_id, card_ordinal) REFERENCES card (decision_id, ordinal)
 ON DELETE CASCADE);
CREATE INDEX suggestion_by_uuid ON suggestion (uuid);
INSERT INTO decision VALUES
 ('old-1', '2026-03-02T09:00:00+01:00', 'order-sign', 'i-1', 'service-1', 'client-1',
  'https://example.org/pathway', '1.0.0', 'sha256:00', 'recommendation', 'key-1', 'digest-1'),
 ('old-2', '2026-03-02T09:00:00.250Z', 'order-sign', 'i-2', 'service-1', 'client-1',
  'https://example.org/pathway', '1.0.0', 'sha256:00', 'need-data', 'key-1', 'digest-2');
INSERT INTO card VALUES
 ('old-1', 0, '00000000-0000-4000-8000-000000000901', 'RULE-1', 'warning', 'RULE-1', 'ServiceRequest/1', 'a', 'discordant'),
 ('old-2', 0, '00000000-0000-4000-8000-000000000902', 'RULE-1', 'info', 'RULE-1', '', '', '');
INSERT INTO suggestion VALUES ('old-1', 0, 0, '00000000-0000-4000-8000-000000000903');
