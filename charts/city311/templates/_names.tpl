{{/*
Name of everything this release makes: the release's, with city311 in it. It begins a Service's name, which begins with a
letter, has no dot and at most 63 characters, of which a service's own name takes up to 14.
*/}}
{{- define "city311.name" -}}
{{- $release := .Release.Name }}
{{- $name := ternary $release (printf "%s-city311" $release) (contains "city311" $release) }}
{{- if regexMatch "^[0-9]" $name }}{{ $name = printf "city311-%s" $release }}{{ end }}
{{- if or (contains "." $name) (gt (len $name) 49) }}
{{- /* Two releases that are cut alike are told apart by what they were called. */}}
{{- $name = printf "%s-%s" ($name | replace "." "-" | trunc 40 | trimSuffix "-") (sha256sum $release | trunc 8) }}
{{- end }}
{{- $name }}
{{- end }}

{{/* What tells this release's pods from all others, for good: selectors cannot be changed. */}}
{{- define "city311.selector" -}}
app.kubernetes.io/name: city311
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "city311.labels" -}}
{{ include "city311.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: city311
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
{{- end }}

{{- define "city311.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* JSON: every service that is on, by name, each with the defaults filled in. */}}
{{- define "city311.services" -}}
{{- $services := dict }}
{{- range $name, $own := .Values.services }}
{{- $service := mergeOverwrite (deepCopy $.Values.defaults) (deepCopy ($own | default dict)) }}
{{- if $service.enabled }}{{- $_ := set $services $name $service }}{{- end }}
{{- end }}
{{- toJson $services }}
{{- end }}

{{- define "city311.host" -}}
{{- regexReplaceAll ":[0-9]+$" (urlParse .Values.publicUrl).host "" }}
{{- end }}
