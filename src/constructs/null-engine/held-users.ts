import { conditional, Fn, FOR_EXPRESSION_KEY, forExpression, Op, propertyAccess, Token } from "cdktf";
import { ID_TYPE_TRIGGER, USER_TRIGGER } from "../../handover";

/**
 * The ids that a `null_resource` holds, as an expression on its triggers.
 *
 * @param fqn the resource's address
 */
export function heldUserIds(fqn: string): string[] {
  const isUser = Op.neq(FOR_EXPRESSION_KEY, ID_TYPE_TRIGGER);
  const id = conditional(isUser, Fn.trimprefix(Token.asString(FOR_EXPRESSION_KEY), USER_TRIGGER), "");
  const ids = forExpression(propertyAccess(fqn, ["triggers"]), id);
  return Fn.compact(Token.asList(ids));
}
