# Terraform compares text, and GenAuth ignores the case of e-mails.
output "same_user" {
  value = provider::genauth::normalize_id("email", "Ada@Example.com") == provider::genauth::normalize_id("email", "ada@example.com")
}
