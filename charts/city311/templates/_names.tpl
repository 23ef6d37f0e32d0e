{{/* Name of everything this release makes: the release's, with city311 in it. */}}
{{- define "city311.name" -}}
{{- if contains "city311" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-city311{{ end }}
{{- end }}

{{/* What tells this release's pods from all others, for good: selectors cannot be changed. */}}
{{- define "city311.selector" -}}
app.kubernetes.io/name: city311
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "city311.labels" -}}
{{ include "city311.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: city311
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
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
