{{/*
JSON: what makes each Secret that the values refer to. commands: name of the Secret -> what comes after `kubectl create
secret`, with all of its keys. files: names of those that pods mount; a Secret may be both, a mount comes first.
*/}}
{{- define "city311.secrets" -}}
{{- $kafka := .Values.kafka }}
{{- $parts := list
  (dict "ref" .Values.masterKey "is" "literal" "value" "\"$(openssl rand -base64 32)\"" "file" true)
  (dict "ref" .Values.eventstore.url "is" "literal" "value" "'esdb://USER:PASSWORD@HOST:2113?tls=true'")
  (dict "ref" .Values.eventstore.ca "is" "file" "value" "authority.crt" "file" true)
  (dict "ref" .Values.mongodb.url "is" "literal" "value" "'mongodb://USER:PASSWORD@HOST/city311?replicaSet=rs0&tls=true'")
  (dict "ref" .Values.mail.smtpUrl "is" "literal" "value" "'smtps://USER:PASSWORD@HOST:465'")
  (dict "ref" $kafka.ca "is" "file" "value" "authority.crt" "file" true)
  (dict "ref" (ternary $kafka.sasl.username nil (not (empty $kafka.sasl.mechanism))) "is" "literal" "value" "'LOGIN'")
  (dict "ref" (ternary $kafka.sasl.password nil (not (empty $kafka.sasl.mechanism))) "is" "literal" "value" "'PASSWORD'")
}}
{{- $commands := dict }}
{{- $seen := dict }}
{{- $files := list }}
{{- range $parts }}
{{- $part := . }}
{{- with .ref }}
{{- if $part.file }}{{ $files = append $files .name }}{{ end }}
{{- if not (hasKey $seen (printf "%s/%s" .name .key)) }}
{{- $_ := set $seen (printf "%s/%s" .name .key) true }}
{{- $value := printf "--from-%s=%s=%s" $part.is .key $part.value }}
{{- $_ := set $commands .name (printf "%s %s" (get $commands .name | default (printf "generic %s" .name)) $value) }}
{{- end }}
{{- end }}
{{- end }}
{{- range .Values.image.pullSecrets }}
{{- $_ := set $commands . (printf "docker-registry %s --docker-server=REGISTRY --docker-username=LOGIN --docker-password=PASSWORD" .) }}
{{- end }}
{{- with .Values.entrance }}
{{- if and (eq .kind "ingress") .tlsSecret }}
{{- $_ := set $commands .tlsSecret (printf "tls %s --cert=tls.crt --key=tls.key" .tlsSecret) }}
{{- end }}
{{- end }}
{{- dict "commands" $commands "files" (uniq $files) | toJson }}
{{- end }}

{{/* Options with which this Helm changes what another has set by hand; Helm 3 has none, and needs none. */}}
{{- define "city311.takesBack" -}}
{{- if semverCompare ">=4.0.0-0" .Capabilities.HelmVersion.Version }} --server-side=true --force-conflicts{{ end }}
{{- end }}
