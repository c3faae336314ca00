// Cards as a client draws them, and what a user makes of them.

import {get} from './api.js';
import {el, fill} from './dom.js';
import {markdown} from './markdown.js';
import {moment, t} from './words.js';

const kPlain = 'com.epic.cdshooks.card.detail.content-type';
const kMarks = {
  info: 'i',
  warning: '!',
  critical: '!!'
};

const isSafe = (url) => /^https:\/\//.test(url || '');

function link(label, url, more = {}) {
  if (!isSafe(url)) return el('span', {}, label);
  return el('a', {href: url, target: '_blank', rel: 'noopener noreferrer', ...more}, label);
}

function detail(card) {
  if (!card.detail) return null;
  const plain = card.extension && card.extension[kPlain] === 'text/plain';
  return plain ? el('div', {class: 'detail plain'}, card.detail) :
                 el('div', {class: 'detail'}, markdown(card.detail));
}

function source(card) {
  const from = card.source || {};
  return el(
      'p', {class: 'source'}, `${t('card.source')}: `, link(from.label || '', from.url),
      from.topic && el('span', {class: 'topic'}, ` · ${from.topic.display || from.topic.code}`));
}

function actionsOf(suggestion) {
  const actions = suggestion.actions || [];
  return actions.length > 0 &&
      el('ul', {class: 'actions'},
         actions.map(
             (action) => el(
                 'li', {}, el('span', {class: `kind ${action.type}`}, t(`action.${action.type}`)),
                 ' ', action.description || '')));
}

/// One card on the page. `session` knows how to send feedback and what to do with accepted
/// suggestions:
///   feedback(item)          posts it, gives the answer of post()
///   accepted(suggestion)    the drafts of the call change; gives whether the call is about them
///   again()                 sends the call with the changed drafts
export class CardView {
  constructor(card, number, session) {
    this.card = card;
    this.number = number;
    this.session = session;
    this.state = el('div', {class: 'state', role: 'status'});
    this.work = el('div', {class: 'work'});
    this.node = this.draw();
  }

  draw() {
    const {card} = this;
    const id = `card-${this.number}`;
    const indicator = card.indicator in kMarks ? card.indicator : 'info';
    fill(this.work, this.suggestions(), this.override());
    return el(
        'article', {class: `card ${indicator}`, 'aria-labelledby': id, lang: this.session.language},
        el('p', {class: 'indicator'},
           el('span', {class: 'sign', 'aria-hidden': 'true'}, kMarks[indicator]),
           t(`indicator.${indicator}`)),
        el('h3', {id}, card.summary), detail(card), source(card), this.links(), this.work,
        this.state);
  }

  links() {
    const links = this.card.links || [];
    return links.length > 0 &&
        el('ul', {class: 'links'},
           links.map(
               (one) =>
                   el('li', {}, link(one.label, one.url),
                      one.type === 'smart' && ` (${t('card.smart')})`)));
  }

  suggestions() {
    const all = this.card.suggestions || [];
    if (all.length === 0) return null;
    return el(
        'div', {class: 'suggestions'},
        all.map(
            (one) =>
                el('div', {class: 'suggestion'},
                   el('button', {
                     type: 'button',
                     class: one.isRecommended ? 'primary' : '',
                     onclick: () => this.accept(one)
                   },
                      one.label,
                      one.isRecommended && el('span', {class: 'badge'}, t('card.recommended'))),
                   actionsOf(one))));
  }

  override() {
    if (!this.card.uuid) return el('p', {class: 'soft'}, t('card.noUuid'));
    const reasons = this.card.overrideReasons || [];
    const name = `reason-${this.number}`;
    const comment = el('textarea', {
      rows: 2,
      maxlength: 2000,
      'aria-label': t('card.comment'),
      placeholder: t('card.comment')
    });
    const send = () => {
      const chosen = this.work.querySelector(`input[name="${name}"]:checked`);
      this.dismiss(chosen && reasons[Number(chosen.value)], comment.value.trim());
    };
    return el(
        'details', {class: 'override'}, el('summary', {}, t('card.override')),
        el('fieldset', {}, el('legend', {}, t('card.reason')),
           reasons.map(
               (reason, i) =>
                   el('label', {class: 'reason'}, el('input', {type: 'radio', name, value: i}), ' ',
                      reason.display || reason.code)),
           comment, el('button', {type: 'button', onclick: send}, t('card.dismiss'))));
  }

  accept(suggestion) {
    const given = {outcome: 'accepted', acceptedSuggestions: [{id: suggestion.uuid}]};
    return this.send(
        given, t('card.accepted', {label: suggestion.label}), () => this.changed(suggestion));
  }

  changed(suggestion) {
    if (!this.session.accepted(suggestion)) return;
    const again =
        el('button', {type: 'button', class: 'primary', onclick: () => this.session.again()},
           t('card.again'));
    this.state.append(el('p', {}, t('call.changed')), again);
    again.focus();
  }

  dismiss(reason, comment) {
    const given = {outcome: 'overridden'};
    if (reason || comment) given.overrideReason = {};
    if (reason) given.overrideReason.reason = {code: reason.code, system: reason.system};
    if (comment) given.overrideReason.userComment = comment;
    return this.send(
        given,
        reason ? t('card.overriddenFor', {reason: reason.display || reason.code}) :
                 t('card.overridden'));
  }

  async send(given, told, then) {
    if (!this.card.uuid) {
      fill(this.state, el('p', {}, told));
      if (then) then();
      return;
    }
    const item = {card: this.card.uuid, ...given, outcomeTimestamp: new Date().toISOString()};
    let answer;
    try {
      answer = await this.session.feedback({feedback: [item]});
    } catch (error) {
      fill(this.state, el('p', {class: 'problem'}, t('problem.noAnswer', {reason: error.message})));
      return;
    }
    if (!answer.ok) {
      fill(
          this.state,
          el('p', {class: 'problem'},
             t('problem.status', {status: answer.status, reason: answer.problem})));
      return;
    }
    this.node.classList.add('answered');
    fill(this.work);
    fill(
        this.state, el('p', {class: 'told'}, told),
        el('p', {class: 'stored'}, this.receipt(answer.body)), await this.stored(),
        el('details', {}, el('summary', {}, t('card.exchange')),
           el('pre', {tabindex: '0'}, JSON.stringify(item, null, 1)),
           el('pre', {tabindex: '0'}, JSON.stringify(answer.body, null, 1))));
    if (then) then();
  }

  receipt(body) {
    if (body.repeated > 0) return t('stored.repeated');
    return body.unverified && body.unverified.length > 0 ? t('stored.unverified') :
                                                           t('stored.stored');
  }

  /// What the store says of the card now.
  async stored() {
    try {
      const kept = await get(`console/cards/${encodeURIComponent(this.card.uuid)}`);
      if (!kept.known) return null;
      return el(
          'ul', {class: 'kept'},
          el('li', {}, t('stored.shown', {rule: kept.rule, time: moment(kept.shown)})),
          kept.feedback.map(
              (one) => el('li', {}, t(`stored.${one.outcome}`, {time: moment(one.received)}))));
    } catch {
      return null;  // the receipt has said what counts
    }
  }
}
