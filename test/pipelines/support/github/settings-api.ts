import type { GitHubService, Route } from "./service";

/** The accounts, by their numbers. */
const REVIEWERS = ["ada", "olga", "otto"];

/** What a call sets of an environment. */
interface SentEnvironment {
  readonly prevent_self_review: boolean;
  readonly can_admins_bypass: boolean;
  readonly deployment_branch_policy: object | null;
  readonly reviewers: readonly { readonly id: number }[];
}

/** Answers for the rules of the repository, and changes them for an administrator. */
export function answerForSettings(service: GitHubService, route: Route): void {
  const policies: string[] = [];
  /** The number of a policy of a branch or a tag, which stays. */
  const policyNumber = (policy: string): number => {
    if (!policies.includes(policy)) policies.push(policy);
    return policies.indexOf(policy);
  };
  route("GET", "environments/:name", "actions:read", ({ name = "" }) => showEnvironment(service, name));
  route("GET", "environments/:name/deployment-branch-policies", "actions:read", ({ name = "" }) => {
    const { branches = [], tags = [] } = service.environments.get(name) ?? {};
    const admitted = { branch: branches, tag: tags };
    return {
      branch_policies: Object.entries(admitted)
        .flatMap(([type, names]) => names.map((each) => ({ name: each, type })))
        .map((policy) => ({ id: policyNumber(`${policy.type} ${policy.name}`), ...policy })),
    };
  });
  route("GET", "rules/branches/main", "contents:read", () => service.branchRules);
  route("GET", "rulesets", "contents:read", () => [...service.rulesets].map(([id, set]) => ({ id, ...set })));
  route("GET", "rulesets/:id", "contents:read", ({ id }) => service.rulesets.get(Number(id)));
  route("GET", "codeowners/errors", "contents:read", () => {
    return service.codeOwnerErrors && { errors: service.codeOwnerErrors };
  });
  changeSettings(service, route, policyNumber);
}

/** What only an administrator may. */
function changeSettings(
  service: GitHubService,
  route: Route,
  policyNumber: (policy: string) => number,
): void {
  const right = "administration:write";
  route("PUT", "environments/:name", right, ({ name = "" }, _, sent) => {
    const {
      prevent_self_review: prevents,
      can_admins_bypass: canAdminsBypass = true,
      deployment_branch_policy: policy,
      reviewers,
    } = sent as Partial<SentEnvironment>;
    service.environments.set(name, {
      secrets: {},
      ...(policy && { branches: [] }),
      ...service.environments.get(name),
      canAdminsBypass,
      ...(reviewers && { reviewers: reviewers.map(({ id }) => REVIEWERS[id] ?? "") }),
      ...(prevents !== undefined && { preventSelfReview: prevents }),
    });
    return {};
  });
  const policies = "environments/:name/deployment-branch-policies";
  route("POST", policies, right, ({ name = "" }, _, sent) => {
    const environment = service.environments.get(name);
    if (!environment?.branches) return undefined;
    const { name: branch } = sent as unknown as { readonly name: string };
    service.environments.set(name, { ...environment, branches: [...environment.branches, branch] });
    return {};
  });
  route("DELETE", `${policies}/:id`, right, ({ name = "", id }, _query, _body, reply) => {
    const environment = service.environments.get(name) ?? { secrets: {} };
    const { branches = [], tags = [] } = environment;
    const kept = (type: string, names: readonly string[]) =>
      names.filter((each) => policyNumber(`${type} ${each}`) !== Number(id));
    service.environments.set(name, {
      ...environment,
      branches: kept("branch", branches),
      tags: kept("tag", tags),
    });
    return reply.code(204).send();
  });
  route("POST", "rulesets", right, (_params, _query, sent, reply) => {
    const ruleset = sent as unknown as { readonly target: string; readonly rules: readonly object[] };
    if (ruleset.target === "branch") service.branchRules = [...service.branchRules, ...ruleset.rules];
    else service.rulesets.set(100 + service.rulesets.size, ruleset);
    return reply.code(201).send({});
  });
}

/** An environment as the API shows it; undefined if there is none. */
function showEnvironment(service: GitHubService, name: string): object | undefined {
  const environment = service.environments.get(name);
  if (!environment) return undefined;
  const { reviewers, preventSelfReview = false, canAdminsBypass = false, branches } = environment;
  const review = {
    type: "required_reviewers",
    prevent_self_review: preventSelfReview,
    reviewers: reviewers?.map((login) => ({
      type: "User",
      reviewer: { login, id: REVIEWERS.indexOf(login) },
    })),
  };
  return {
    name,
    can_admins_bypass: canAdminsBypass,
    protection_rules: [...(branches ? [{ type: "branch_policy" }] : []), ...(reviewers ? [review] : [])],
    deployment_branch_policy: branches ? { protected_branches: false, custom_branch_policies: true } : null,
  };
}
