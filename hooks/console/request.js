// Requests of hooks: read from what was pasted, made for another hook, changed as an EHR would.

const kPlaced = ['ServiceRequest', 'MedicationRequest', 'DeviceRequest'];
const kUser = 'Practitioner/console';

export class BadText extends Error {}  // its message is a key of the catalogue

export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [
    text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)
  ].join('-');
}

function resourcesOf(value, found = []) {
  if (!value || typeof value !== 'object') return found;
  if (value.resourceType === 'Bundle') {
    for (const entry of value.entry || []) resourcesOf(entry && entry.resource, found);
  } else if (value.resourceType) {
    found.push(value);
  }
  return found;
}

/// All resources that a request brings as the record.
export function recordOf(request) {
  return Object.values(request.prefetch || {}).flatMap((value) => resourcesOf(value));
}

export function patientOf(request) {
  const id = request.context && request.context.patientId;
  return recordOf(request).find((one) => one.resourceType === 'Patient' && one.id === id);
}

/// The entries of the drafts of a request.
export function draftsOf(request) {
  const drafts = request.context && request.context.draftOrders;
  return resourcesOf(drafts);
}

const nameOf = (resource) => `${resource.resourceType}/${resource.id}`;
const bundleOf = (resources) => (
    {resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({resource}))});

/// The context of a hook, with what is known of the patient and the orders.
function contextFor(hook, patientId, given, drafts, record) {
  const context = {userId: given.userId || kUser, patientId};
  if (given.encounterId) context.encounterId = given.encounterId;
  const of = (type) => record.filter((one) => one.resourceType === type);
  switch (hook) {
    case 'order-select':
      context.draftOrders = bundleOf(drafts);
      context.selections = drafts.map(nameOf);
      break;
    case 'order-sign':
      context.draftOrders = bundleOf(drafts);
      break;
    case 'order-dispatch': {
      const placed =
          record.filter((one) => kPlaced.includes(one.resourceType) && one.status === 'active');
      if (placed.length === 0) throw new BadText('problem.noPlacedOrder');
      delete context.userId;
      delete context.encounterId;
      context.dispatchedOrders = placed.map(nameOf);
      context.performer = given.performer || 'Organization/console';
      break;
    }
    case 'appointment-book':
      context.appointments = given.appointments || bundleOf(of('Appointment'));
      break;
    case 'problem-list-item-create':
      context.conditions = given.conditions || bundleOf(of('Condition'));
      break;
    case 'encounter-start':
    case 'encounter-discharge':
      context.encounterId = given.encounterId || 'console-visit';
      break;
    case 'medication-refill':
      context.medications =
          bundleOf(drafts.filter((one) => one.resourceType === 'MedicationRequest'));
      break;
    case 'allergyintolerance-create':
      context.allergyIntolerance = given.allergyIntolerance || of('AllergyIntolerance')[0];
      if (!context.allergyIntolerance) throw new BadText('problem.noAllergy');
      break;
    case 'medication-verify':
      context.medication =
          given.medication || drafts.find((one) => one.resourceType.startsWith('Medication'));
      if (!context.medication) throw new BadText('problem.noDrug');
      break;
    default:
  }
  return context;
}

/// The same request for another hook. Throws BadText where the hook needs what it does not bring.
export function forHook(request, hook) {
  if (request.hook === hook) return request;
  const given = request.context || {};
  const drafts = request.drafts || draftsOf(request);
  const made = {
    ...request,
    hook,
    drafts,
    context: contextFor(hook, given.patientId, given, drafts, recordOf(request))
  };
  return made;
}

/// A request for a Bundle: its orders in draft are the drafts of the call, all else is the record.
function fromBundle(bundle, hook) {
  const all = resourcesOf(bundle);
  const patients = all.filter((one) => one.resourceType === 'Patient');
  if (patients.length !== 1 || !patients[0].id) throw new BadText('problem.onePatient');
  const isDraft = (one) => one.status === 'draft' && /Request$/.test(one.resourceType);
  const drafts = all.filter(isDraft);
  const record = all.filter((one) => !isDraft(one));
  return {
    hook,
    drafts,
    context: contextFor(hook, patients[0].id, {}, drafts, record),
    prefetch: {record: bundleOf(record)},
  };
}

/// Reads what was pasted or dropped: a request of a hook, or a Bundle. Throws BadText.
export function fromText(text, hook) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadText('problem.noJson');
  }
  if (value && value.resourceType === 'Bundle') return fromBundle(value, hook);
  if (value && typeof value.hook === 'string' && value.context) return value;
  throw new BadText('problem.noRequest');
}

/// The body that is sent: with the outcome asked for, and the answers of the user.
export function bodyOf(request, answers, withOutcome) {
  const {drafts, ...body} = request;
  const extension = {...body.extension, 'org.renalpath.outcome': withOutcome};
  if (Object.keys(answers).length > 0)
    extension.pathwayAnswers = {...extension.pathwayAnswers, ...answers};
  return {...body, hookInstance: uuid(), extension};
}

function idsOf(action) {
  const ids = action.resourceId || (typeof action.resource === 'string' ? action.resource : []);
  return Array.isArray(ids) ? ids : [ids];
}

/// The request after a suggestion was accepted: its actions done to the drafts.
export function afterSuggestion(request, suggestion) {
  let drafts = request.drafts || draftsOf(request);
  for (const action of suggestion.actions || []) {
    if (action.type === 'delete') {
      const gone = idsOf(action);
      drafts = drafts.filter((one) => !gone.includes(nameOf(one)));
    } else if (action.type === 'update') {
      drafts =
          drafts.map((one) => (nameOf(one) === nameOf(action.resource) ? action.resource : one));
    } else if (action.resource && typeof action.resource === 'object') {
      drafts = [...drafts, {id: `accepted-${drafts.length + 1}`, ...action.resource}];
    }
  }
  const next = {...request, drafts};
  const context = {...request.context};
  if (context.draftOrders) context.draftOrders = bundleOf(drafts);
  if (context.selections) context.selections = drafts.map(nameOf);
  next.context = context;
  return next;
}

/// What an order is called.
export function titleOf(resource) {
  const code = resource.code || resource.medicationCodeableConcept || {};
  const coding = (code.coding || [])[0] || {};
  return code.text || coding.display || coding.code || nameOf(resource);
}
