import type { GitHubService, Route } from "./service";

/** Answers for the comments of issues and pull requests. */
export function answerForComments(service: GitHubService, route: Route): void {
  const right = "issues|pull-requests";
  route("POST", "issues/:number/comments", `${right}:write`, ({ number }, _, { body = "" }, reply) => {
    service.comment(Number(number), body);
    return reply.code(201).send({});
  });
  route("GET", "issues/:number/comments", `${right}:read`, ({ number }, query) => {
    const size = Number(query["per_page"] ?? 30);
    const start = (Number(query["page"] ?? 1) - 1) * size;
    const comments = (service.comments.get(Number(number)) ?? []).slice(start, start + size);
    return comments.map(({ user, ...each }) => ({ ...each, user: { login: user } }));
  });
  route("PATCH", "issues/comments/:id", `${right}:write`, ({ id }, _, { body = "" }) => {
    const comment = [...service.comments.values()].flat().find((each) => each.id === Number(id));
    return comment && Object.assign(comment, { body });
  });
}
