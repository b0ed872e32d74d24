# Only if the state was lost: the id is JSON that lists whom the set held, so that the next plan sees who has left since then.
terraform import genauth_user_set.staff '{"user_id_type":"email","users":{"ada@example.com":"Ada Lovelace"}}'
